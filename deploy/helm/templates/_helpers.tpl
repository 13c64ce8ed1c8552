{{- define "stackvote.name" -}}
{{- if contains "stackvote" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-stackvote{{ end }}
{{- end }}

{{- define "stackvote.selector" -}}
app.kubernetes.io/name: stackvote
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "stackvote.labels" -}}
{{ include "stackvote.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "stackvote.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "stackvote.secret" -}}
{{ .Values.secret.existingSecret | default (printf "%s-secret" (include "stackvote.name" .)) }}
{{- end }}

{{- define "stackvote.store" -}}
{{ .Values.store.existingSecret | default (printf "%s-store" (include "stackvote.name" .)) }}
{{- end }}

{{- define "stackvote.path" -}}
{{ get (urlParse .Values.publicUrl) "path" | trimSuffix "/" }}
{{- end }}

{{- define "stackvote.requireUnset" -}}
{{- $own := dict "REDIS_URL" "store" "PUBLIC_URL" "publicUrl" "SECRET_FILE" "secret" "DATA" "none" "DURABILITY" "store.durability" "REPLICAS" "store.replicas" "PROXY_HEADERS" "ingress.enabled" "METRICS_FROM" "metricsFrom" "DRAIN_SECONDS" "drainSeconds" "LOG_FORMAT" "none" "PORT" "service.port" "HOST" "none" "PROCESSES" "replicas" }}
{{- $setting := trimPrefix "STACKVOTE_" . }}
{{- with get $own $setting }}
{{- if eq . "none" }}{{ fail (printf "settings: the chart sets STACKVOTE_%s itself." $setting) }}{{ end }}
{{- fail (printf "settings: the chart sets STACKVOTE_%s itself, from the value %s." $setting .) }}
{{- end }}
{{- end }}
