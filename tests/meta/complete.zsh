#!/usr/bin/env -S zsh -f
# Prints what zsh offers after LINE, one word a line: complete.zsh FOLDER LINE, where FOLDER holds _evtool.
# The completion system lives in interactive shells only, so one is started on a pseudo terminal, with a compadd that
# shows the matches too.
zmodload zsh/zpty
export TERM=dumb
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -D -u"
zpty -w shell 'compadd() {
  local -a found
  if [[ ${@[(i)-[OAD]]} -gt $# ]]; then
    builtin compadd -A found "$@"
    print -rl -- "<"${^found}">"
  fi
  builtin compadd "$@"
}'
zpty -w shell 'finish() { print "<>" }; zle -N finish; bindkey "^T" finish'
# Told by the line editor, which has set up the terminal by then: keys sent before could get lost.
zpty -w shell 'zle-line-init() { print REA""DY }; zle -N zle-line-init'
zpty -r -m shell said '*READY*'
zpty -w -n shell "$2"$'\t\x14'
zpty -r -m shell said '*<>*'
print -rl -- ${${(f)said//$'\r'}} | sed -n 's/^.*<\(..*\)>$/\1/p' | sort -u
zpty -d shell
