# SPDX-License-Identifier: Apache-2.0
"""Completions for bash and zsh, from the help texts. Commands come first, as the help shows them."""

# What stands for a path in the help.
FILES = ("FILE", "FILE-OR-ID", "ARCHIVE")
DIRECTORIES = ("DIR", "[DIRECTORY...]")


def _flags(option):
    return [f"-{option.letter}"] * bool(option.letter) + [f"--{option.name}"]


def _all_options(help_text):
    """Every option once; one name means the same everywhere."""
    known = {}
    for command in help_text.commands:
        for option in command.options:
            known.setdefault(option.name, option)
    return known.values()


BASH = """\
# bash completion for toolpost(1), made from its help texts.

_toolpost() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]:-} options='' operands='' before=1
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '@FIRST_WORDS@ --help --version' -- "$current")
    return
  fi
  case $command in
@GROUPS@
  esac
  case $command in
@COMMANDS@
    *) return ;;
  esac
  if ((COMP_CWORD > before + 1)); then
    case $previous in
@VALUES@
    esac
  fi
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ -n $operands ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "$operands" -- "$current")
  fi
}

complete -F _toolpost toolpost
"""


def _bash_values(options):
    lines, nothing = [], []
    for option in options:
        flags = "|".join(_flags(option))
        if option.choices():
            action = f"""mapfile -t COMPREPLY < <(compgen -W '{" ".join(option.choices())}' -- "$current")"""
        elif option.value in FILES + DIRECTORIES:
            kind = "-f" if option.value in FILES else "-d"
            action = f'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen {kind} -- "$current")'
        elif option.value:
            nothing.append(flags)
            continue
        else:
            continue
        lines.append(f"      {flags}) {action}; return ;;")
    return "\n".join([*lines, f"      {'|'.join(nothing)}) return ;;"])


def _first_words(help_text):
    return list(dict.fromkeys(command.words.split()[0] for command in help_text.commands))


def bash(help_text):
    groups = []
    for group, commands in help_text.groups().items():
        words = " ".join(command.words.split()[1] for command in commands)
        groups += [
            f"    {group})",
            "      if ((COMP_CWORD == 2)); then",
            f"""        mapfile -t COMPREPLY < <(compgen -W '{words} --help' -- "$current")""",
            "        return",
            "      fi",
            '      command="$command ${COMP_WORDS[2]}" before=2',
            "      ;;",
        ]
    commands = []
    for command in help_text.commands:
        options = " ".join(flag for option in command.options for flag in _flags(option))
        operands = "-f" if command.operands in FILES else "-d" if command.operands in DIRECTORIES else ""
        commands.append(f"    '{command.words}') options='{options}' operands='{operands}' ;;")
    return (
        BASH.replace("@FIRST_WORDS@", " ".join(_first_words(help_text)))
        .replace("@GROUPS@", "\n".join(groups))
        .replace("@COMMANDS@", "\n".join(commands))
        .replace("@VALUES@", _bash_values(_all_options(help_text)))
    )


ZSH = """\
#compdef toolpost
# zsh completion for toolpost(1), made from its help texts.

_toolpost() {
  local command=${words[2]}
  local -a known
  integer at=2
  if ((CURRENT == 2)); then
    known=(
@FIRST_WORDS@
    )
    _describe command known
    return
  fi
  case $command in
@GROUPS@
  esac
  # What is left is the command as one word, and what it takes.
  words=("${(@)words[at,-1]}")
  ((CURRENT -= at - 1))
  case $command in
@COMMANDS@
  esac
}

_toolpost "$@"
"""


def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def _described(word, summary):
    return "      " + _quoted(word.replace(":", "\\:") + ":" + summary)


def _zsh_option(option):
    meaning = option.meaning
    for special in "\\[]:":
        meaning = meaning.replace(special, "\\" + special)
    action = ""
    if option.choices():
        action = f":{option.value}:({' '.join(option.choices())})"
    elif option.value:
        kind = {"FILE": "_files", "DIR": "_files -/"}.get(option.value, " ")
        action = f":{option.value}:{kind}"
    flags = _flags(option)
    alone = f"({' '.join(flags)})" if len(flags) > 1 else ""
    return [_quoted(f"{alone}{flag}[{meaning}]{action}") for flag in flags]


def zsh(help_text):
    groups, summaries = [], {command.words: command.summary for command in help_text.commands}
    for group, commands in help_text.groups().items():
        summaries[group] = ", ".join(command.words.split()[1] for command in commands)
        groups += [
            f"    {group})",
            "      if ((CURRENT == 3)); then",
            "        known=(",
            *("    " + _described(command.words.split()[1], command.summary) for command in commands),
            "        )",
            "        _describe command known",
            "        return",
            "      fi",
            '      command="$command ${words[3]}"',
            "      at=3",
            "      ;;",
        ]
    commands = []
    for command in help_text.commands:
        specs = [spec for option in command.options for spec in _zsh_option(option)]
        if command.operands:
            kind = "_files" if command.operands in FILES else "_files -/" if command.operands in DIRECTORIES else " "
            specs.append(_quoted(f"*:{command.operands.replace(':', '')}:{kind}"))
        commands += [f"    {_quoted(command.words)})", "      _arguments \\", "        " + " \\\n        ".join(specs), "      ;;"]
    first = [_described(word, summaries[word]) for word in _first_words(help_text)]
    return (
        ZSH.replace("@FIRST_WORDS@", "\n".join(first))
        .replace("@GROUPS@", "\n".join(groups))
        .replace("@COMMANDS@", "\n".join(commands))
    )
