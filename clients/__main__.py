"""`python -m clients` writes the files that the clients and the editor are built from."""

from __future__ import annotations

from clients.contract import FILES, HERE, make_contract

ROOT = HERE.parent


def main() -> None:
    for name, text in make_contract().items():
        FILES[name].write_text(text, encoding="utf-8")
        print(f"wrote {FILES[name].relative_to(ROOT)}")


if __name__ == "__main__":
    main()
