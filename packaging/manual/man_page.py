# SPDX-License-Identifier: Apache-2.0
"""toolpost(1), from the help texts."""

FILES = (
    ("/etc/toolpost/toolpost.json", "the configuration of the service; config check finds its mistakes"),
    ("/var/lib/toolpost", "what the service keeps: users, audit, keys, tasks"),
    ("/var/log/toolpost", "its log, where log.file names one there"),
    ("/etc/credstore/toolpost.mcp_api_key", "the single API key of the service, owned by root with mode 0600"),
    ("/usr/share/doc/toolpost", "every key of the configuration, and what the audit records"),
)


def _escaped(text):
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + escaped if escaped.startswith((".", "\\(aq")) else escaped



def _paragraphs(lines):
    """Running text is filled; indented lines stand as they are, below the line that announces them."""
    page, is_open = [], False
    for line in lines:
        if line.startswith("  "):
            if not is_open:
                page += [".RS 4", ".nf"]
            is_open = True
            page.append(_escaped(line.removeprefix("  ")))
            continue
        if is_open:
            page += [".fi", ".RE"]
            is_open = False
        page.append(_escaped(line) if line else ".PP")
    return page + ([".fi", ".RE"] if is_open else [])


def _option(option):
    names = [f"\\-{option.letter}"] if option.letter else []
    names.append("\\-\\-" + _escaped(option.name))
    tag = "\\fR, \\fB".join(names)
    value = f" \\fI{_escaped(option.value)}\\fR" if option.value else ""
    return [".TP", f"\\fB{tag}\\fR{value}", _escaped(option.meaning)]


def man_page(help_text):
    page = [
        f'.TH TOOLPOST 1 "" "toolpost {_escaped(help_text.version)}" "User Commands"',
        ".SH NAME",
        "toolpost \\- serve the tools of native plugins to MCP clients",
        ".SH SYNOPSIS",
        ".B toolpost",
        "\\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
        _escaped(help_text.intro),
    ]
    for line in help_text.closing:
        page += [".PP", _escaped(line)]
    page.append(".SH COMMANDS")
    for command in help_text.commands:
        operands = f" \\fI{_escaped(command.operands)}\\fR" if command.operands else ""
        page += [
            f".SS toolpost {_escaped(command.words)}",
            f"\\fBtoolpost {_escaped(command.words)}\\fR [\\fIOPTIONS\\fR]{operands}",
            ".PP",
            *_paragraphs(command.text),
        ]
        for option in command.options:
            page += _option(option)
    page.append(".SH FILES")
    for path, meaning in FILES:
        page += [".TP", f"\\fI{_escaped(path)}\\fR", _escaped(meaning)]
    return "\n".join(page) + "\n"
