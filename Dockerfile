# Build tools stay in the first stage; the second has only Python and Stackvote.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY server server
COPY static static
COPY templates templates
COPY data data
# pip is removed again: nothing is installed in a running container.
RUN python -m venv /opt/stackvote \
 && /opt/stackvote/bin/pip install --no-cache-dir . \
 && /opt/stackvote/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
# A numeric id, so that an orchestrator can verify that it is not root.
RUN groupadd --gid 10001 stackvote \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data stackvote \
 && install --directory --owner=stackvote --group=stackvote --mode=700 /data
COPY --from=build /opt/stackvote /opt/stackvote
ENV PATH=/opt/stackvote/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    STACKVOTE_DATA=/data
USER 10001:10001
WORKDIR /data
# The secret, and the embedded store unless another is given.
VOLUME /data
EXPOSE 8888
# Workers disconnect their people before they stop: allow 20 seconds (docker stop -t 20).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('STACKVOTE_PORT', '8888') + '/readyz', timeout=4)"]
ENTRYPOINT ["stackvote"]
CMD ["run"]
