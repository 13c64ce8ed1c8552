/** The standard rules, in the notation that our styles use, except for one that does not fit. */

/** What only `tokens.css` may say; everywhere else it is said by name. */
const RAW_COLOUR = "/#[0-9a-f]{3,8}\\b|\\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\\(/i";
const RAW_LENGTH = "/(?<![\\w.-])\\d*\\.?\\d+(rem|pt|px|vw|vh)\\b/";
/** A hairline, or what moves a thing by a pixel or two, is no step of the scale. */
const RAW_SPACE = "/(?<![\\w.-])\\d*\\.?\\d+(rem|pt|vw|vh)\\b|\\b\\d{2,}px\\b/";
const RAW_TIME = "/(?<![\\w.-])\\d*\\.?\\d*[1-9]\\d*m?s\\b/";

export default {
  extends: "stylelint-config-standard",
  rules: {
    "alpha-value-notation": "number",
    "hue-degree-notation": "number",
    "lightness-notation": "number",
    // Older browsers do not support the other notation.
    "media-feature-range-notation": "prefix",
    "value-keyword-case": [
      "lower",
      { camelCaseSvgKeywords: true, ignoreProperties: ["--font", "--mono"] },
    ],
    // A file is one component; the hover style of a part is next to the part.
    "no-descending-specificity": null,
    // Safari on iPhones supports these only under this name.
    "property-no-vendor-prefix": [true, { ignoreProperties: ["text-size-adjust", "user-select"] }],
  },
  overrides: [
    {
      // Browsers that know no layers know no tokens either.
      files: ["**/css/!(tokens|old_browsers).css"],
      rules: {
        "declaration-property-value-disallowed-list": [
          {
            "/.*/": [RAW_COLOUR],
            "/^font(-size)?$/": [RAW_LENGTH],
            "/^(padding|margin|gap|row-gap|column-gap)/": [RAW_SPACE],
            "/radius$/": [RAW_LENGTH],
            "/^(transition|animation)/": [RAW_TIME],
          },
          { message: (property, value) => `${property}: ${value} is not made of tokens.css` },
        ],
      },
    },
  ],
};
