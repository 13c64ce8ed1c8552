/** Says sentences as a page does: reads `{ language, sentences, asked: [[id, args]] }` from its
 *  input, and writes the texts. */

import { readFileSync } from "node:fs";

import { setCatalogue, t } from "../../static/js/words.js";

const { language, sentences, asked } = JSON.parse(readFileSync(0, "utf8"));
setCatalogue(language, sentences);
process.stdout.write(JSON.stringify(asked.map(([id, args]) => t(id, args))));
