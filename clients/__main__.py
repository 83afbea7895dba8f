"""`python -m clients` writes the files that the clients are built from."""

from __future__ import annotations

from clients.contract import FILES, make_contract


def main() -> None:
    for name, text in make_contract().items():
        FILES[name].write_text(text, encoding="utf-8")
        print(f"wrote clients/{name}")


if __name__ == "__main__":
    main()
