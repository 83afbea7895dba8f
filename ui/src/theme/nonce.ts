// The page's policy lets only styles in that carry this: Mantine's variables, and what keeps a page still.
import { setNonce } from "get-nonce";

const META = 'meta[name="treadle-style-nonce"]';

export const styleNonce = document.querySelector<HTMLMetaElement>(META)?.content ?? "";

if (styleNonce !== "") setNonce(styleNonce);
