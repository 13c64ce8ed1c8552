/** The voting methods that this page can show, by the name they have on the wire. */

import { approval } from "./approval.js";
import { single } from "./single.js";

export const methods = { approval, single };
