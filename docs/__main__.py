"""`python -m docs` writes the generated pages of the reference; `--check` only tells which are out of date."""

from __future__ import annotations

import sys

from docs.generator.pages import ROOT, all_pages


def main(arguments: list[str]) -> int:
    stale = [
        (path, text)
        for path, text in all_pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
