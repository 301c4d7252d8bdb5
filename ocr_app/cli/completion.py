"""``ocr-app completion``: a script that completes verbs, options and their values, made from the parsers."""

import argparse
from typing import List, Tuple

from ocr_app.cli import outline

HELP = "print a script for tab completion in bash, zsh or fish"

_BASH = """\
# Tab completion of ocr-app for bash: source <(ocr-app completion bash)
_ocr_app_words() {
    case "$1" in
@CASES@
    esac
}

_ocr_app() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verbs="" words="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case " $(_ocr_app_words "$verbs") " in
            *" ${COMP_WORDS[i]} "*) verbs="${verbs:+$verbs }${COMP_WORDS[i]}" ;;
            *) break ;;
        esac
    done
    [[ $previous == --* ]] && words=$(_ocr_app_words "$verbs $previous")
    [[ -z $words && $current == -* ]] && words=$(_ocr_app_words "$verbs -")
    [[ -z $words && $previous != --* ]] && words=$(_ocr_app_words "$verbs")
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}

complete -o bashdefault -o default -F _ocr_app ocr-app
"""
_ZSH = """\
#compdef ocr-app
# Tab completion of ocr-app for zsh: source <(ocr-app completion zsh), after compinit
_ocr_app_words() {
    case "$1" in
@CASES@
    esac
}

_ocr_app() {
    local current=${words[CURRENT]} previous=${words[CURRENT - 1]} verbs="" found="" i
    for ((i = 2; i < CURRENT; i++)); do
        case " $(_ocr_app_words "$verbs") " in
            *" ${words[i]} "*) verbs="${verbs:+$verbs }${words[i]}" ;;
            *) break ;;
        esac
    done
    [[ $previous == --* ]] && found=$(_ocr_app_words "$verbs $previous")
    [[ -z $found && $current == -* ]] && found=$(_ocr_app_words "$verbs -")
    [[ -z $found && $previous != --* ]] && found=$(_ocr_app_words "$verbs")
    [[ -n $found ]] && compadd -- ${=found} || _files
}

compdef _ocr_app ocr-app
"""
_FISH = """\
# Tab completion of ocr-app for fish: ocr-app completion fish | source
function __ocr_app_words
    switch $argv[1]
@CASES@
    end
end

function __ocr_app
    set -l typed (commandline -opc)
    set -l verbs ""
    for word in $typed[2..-1]
        contains -- $word (string split -- " " (__ocr_app_words "$verbs")); or break
        set verbs (string trim "$verbs $word")
    end
    set -l found ""
    string match -q -- "--*" $typed[-1]; and set found (__ocr_app_words "$verbs $typed[-1]")
    test -z "$found"; and string match -q -- "-*" (commandline -ct); and set found (__ocr_app_words "$verbs -")
    test -z "$found"; and not string match -q -- "--*" $typed[-1]; and set found (__ocr_app_words "$verbs")
    test -n "$found"; and string split -- " " $found
end

complete -c ocr-app -a "(__ocr_app)"
"""
_SCRIPTS = {
    "bash": (_BASH, '        "{}") echo "{}" ;;'),
    "zsh": (_ZSH, '        "{}") echo "{}" ;;'),
    "fish": (_FISH, '        case "{}"\n            echo "{}"'),
}
SHELLS = tuple(sorted(_SCRIPTS))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``completion``."""
    parser.add_argument("shell", choices=SHELLS, help="the shell to complete in")


def run(arguments: argparse.Namespace) -> int:
    """Prints the script; returns 0."""
    print(script(arguments.shell, outline.commands(arguments.command_line)), end="")
    return 0


def script(shell: str, commands: List[outline.CommandOutline]) -> str:
    """The script for ``shell``, one of SHELLS. Where it offers nothing, the shell completes names of files."""
    template, case = _SCRIPTS[shell]
    return template.replace("@CASES@", "\n".join(case.format(key, " ".join(words)) for key, words in _words(commands)))


def _words(commands: List[outline.CommandOutline]) -> List[Tuple[str, Tuple[str, ...]]]:
    """What may come next: "VERBS" for sub-verbs and arguments, "VERBS -" for options, "VERBS --OPTION" for values."""
    found = []
    for command in commands:
        key = " ".join(command.words)
        options = [argument for argument in command.arguments if argument.names]
        fixed = [choice for argument in command.arguments if not argument.names for choice in argument.choices]
        found.append((key, command.verbs + tuple(fixed)))
        found.append((key + " -", tuple(name for option in options for name in option.names)))
        found += [(key + " " + option.names[-1], option.choices) for option in options if option.choices]
    return [(key, words) for key, words in found if words]
