"""Types a line into an interactive shell, and prints how it is completed.

complete.py SHELL SCRIPT LINE

Prints the words of the command line after all completions of its last word were
inserted, one on each line.
"""

import os
import pty
import sys

START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
# A function in place of the program prints its arguments.
SHOW = "bauser-batch() { printf '<%s>\\n' \"$@\" >shown; }"
SET_UP = {
    "bash": ". {script}; {show}",
    "zsh": "autoload -U compinit; compinit -u -D; . {script}; {show}; "
           "zle -C all complete-word _generic; "
           "zstyle ':completion:all:*' completer _all_matches _complete; "
           "zstyle ':completion:all:*' insert yes; bindkey '\\e*' all",
}


def main():
    shell, script, line = sys.argv[1:]
    if os.path.exists("shown"):
        os.remove("shown")
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "dumb"
        os.execvp(START[shell][0], START[shell])
    set_up = SET_UP[shell].format(script=script, show=SHOW)
    os.write(terminal, f"{set_up}\n{line}\x1b*\nexit\n".encode())
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass  # the shell has ended
    os.waitpid(pid, 0)
    with open("shown", encoding="utf-8") as file:
        print("\n".join(word[1:-1] for word in file.read().split("\n") if word))


main()
