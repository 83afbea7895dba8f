"""`treadle doctor`: what this installation is and has, and what is wrong with it."""

from __future__ import annotations

from treadle.cli.command import COMPLETED, FAILED, Invocation, command

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


@command
def doctor(invocation: Invocation) -> int:
    """Show the installation: store, settings and where each comes from, packs, sandbox, clock.

    Exit code 1 when something is wrong.
    """
    from rich.markup import escape

    from treadle.cli.screen import new_table, to_json
    from treadle.service.diagnosis import diagnose
    from treadle.service.settings import load_settings

    settings, listed = load_settings(overrides={"db": invocation.db})
    findings = diagnose(settings)
    broken = any(finding.status == "error" for finding in findings)
    screen = invocation.screen
    if invocation.json:
        screen.print_json(
            {
                "ok": not broken,
                "findings": [finding.to_dict() for finding in findings],
                "settings": [{"name": s.name, "value": s.value, "source": s.source} for s in listed],
            }
        )
        return FAILED if broken else COMPLETED
    table = new_table("", "", "")
    table.show_header = False
    for finding in findings:
        text = escape(finding.text) + (f"\n[dim]{escape(finding.remedy)}[/]" if finding.remedy else "")
        table.add_row(f"[{_STYLES[finding.status]}]{finding.status}[/]", finding.subject, text)
    screen.print_table(table)
    screen.say("\n[bold]Settings[/]")
    table = new_table("name", "value", "from")
    for setting in listed:
        value = setting.value if isinstance(setting.value, str) else to_json(setting.value, indent=None)
        source = f"[dim]{setting.source}[/]" if setting.source == "default" else setting.source
        table.add_row(setting.name, escape(value), source)
    screen.print_table(table)
    return FAILED if broken else COMPLETED
