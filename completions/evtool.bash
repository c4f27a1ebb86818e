# bash completion for evtool: made by 'evtool --completions bash', not by hand.
_evtool() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} applet=evtool index
  local name=${COMP_WORDS[0]##*/}
  # --name=value arrives as three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $name in
    evtool-* | ev-*) applet=${name#*-} ;;
    *)
      for ((index = 1; index < COMP_CWORD; ++index)); do
        case ${COMP_WORDS[index]} in
          cat | dial | dnsq | timer | wait-pid) applet=${COMP_WORDS[index]} && break ;;
        esac
      done
      ;;
  esac
  COMPREPLY=()
  case $applet:$previous in
    evtool:--install) _evtool_files -d "$current" && return ;;
    evtool:--completions) mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$current") && return ;;
    evtool:--json-file) _evtool_files -f "$current" && return ;;
    evtool:--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") && return ;;
    evtool:--backend) mapfile -t COMPREPLY < <(compgen -W 'auto io_uring epoll' -- "$current") && return ;;
    evtool:--trace) _evtool_files -f "$current" && return ;;
    cat:-o | cat:--output) _evtool_files -f "$current" && return ;;
    cat:--offset) return ;;
    cat:--bytes) return ;;
    cat:--rate-limit) return ;;
    cat:--progress-fd) return ;;
    cat:--size) return ;;
    cat:--tee) _evtool_files -f "$current" && return ;;
    cat:--json-file) _evtool_files -f "$current" && return ;;
    cat:--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") && return ;;
    cat:--backend) mapfile -t COMPREPLY < <(compgen -W 'auto io_uring epoll' -- "$current") && return ;;
    cat:--trace) _evtool_files -f "$current" && return ;;
    dial:-t | dial:--timeout) return ;;
    dial:--attempt-timeout) return ;;
    dial:-w | dial:--idle-timeout) return ;;
    dial:--wait) return ;;
    dial:--every) return ;;
    dial:--bind) return ;;
    dial:--proxy) return ;;
    dial:--json-file) _evtool_files -f "$current" && return ;;
    dial:--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") && return ;;
    dial:--backend) mapfile -t COMPREPLY < <(compgen -W 'auto io_uring epoll' -- "$current") && return ;;
    dial:--trace) _evtool_files -f "$current" && return ;;
    dnsq:-t | dnsq:--type) return ;;
    dnsq:-c | dnsq:--class) return ;;
    dnsq:-x | dnsq:--reverse) return ;;
    dnsq:-p | dnsq:--port) return ;;
    dnsq:--timeout) return ;;
    dnsq:--tries) return ;;
    dnsq:--bufsize) return ;;
    dnsq:--subnet) return ;;
    dnsq:--padding) return ;;
    dnsq:--ndots) return ;;
    dnsq:-f | dnsq:--file) _evtool_files -f "$current" && return ;;
    dnsq:--concurrency) return ;;
    dnsq:--rate) return ;;
    dnsq:--json-file) _evtool_files -f "$current" && return ;;
    dnsq:--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") && return ;;
    dnsq:--backend) mapfile -t COMPREPLY < <(compgen -W 'auto io_uring epoll' -- "$current") && return ;;
    dnsq:--trace) _evtool_files -f "$current" && return ;;
    timer:-c | timer:--count) return ;;
    timer:--overlap) mapfile -t COMPREPLY < <(compgen -W 'skip queue kill' -- "$current") && return ;;
    timer:--splay) return ;;
    timer:--spin) return ;;
    timer:-s | timer:--signal) return ;;
    timer:-k | timer:--kill-after) return ;;
    timer:--json-file) _evtool_files -f "$current" && return ;;
    timer:--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") && return ;;
    timer:--backend) mapfile -t COMPREPLY < <(compgen -W 'auto io_uring epoll' -- "$current") && return ;;
    timer:--trace) _evtool_files -f "$current" && return ;;
    wait-pid:-c | wait-pid:--count) return ;;
    wait-pid:-t | wait-pid:--timeout) return ;;
    wait-pid:--status) mapfile -t COMPREPLY < <(compgen -W 'max first last' -- "$current") && return ;;
    wait-pid:--reap-grace) return ;;
    wait-pid:--kill-after) return ;;
    wait-pid:--json-file) _evtool_files -f "$current" && return ;;
    wait-pid:--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") && return ;;
    wait-pid:--backend) mapfile -t COMPREPLY < <(compgen -W 'auto io_uring epoll' -- "$current") && return ;;
    wait-pid:--trace) _evtool_files -f "$current" && return ;;
  esac
  case $applet in
    evtool)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--list --install= --symbolic --bare --completions= -h --help -V --version -q --quiet --verbose --json --json-file= --color= --backend= --stats --trace=' -- "$current")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2> /dev/null
      else
        mapfile -t COMPREPLY < <(compgen -W 'cat dial dnsq timer wait-pid' -- "$current")
      fi
      ;;
    cat)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-o --output= --append --offset= --bytes= --rate-limit= -p --progress --progress-fd= --size= --tee= --follow --direct --fsync --copy -n --number -b --number-nonblank -s --squeeze-blank -E --show-ends -T --show-tabs -v --show-nonprinting -A --show-all -e -t -u -h --help -V --version -q --quiet --verbose --json --json-file= --color= --backend= --stats --trace=' -- "$current")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2> /dev/null
      else
        _evtool_files -f "$current"
      fi
      ;;
    dial)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-t --timeout= --attempt-timeout= -w --idle-timeout= -z --scan --wait= --every= --trace-dial -4 --ipv4 -6 --ipv6 --bind= --nodelay --keepalive --fast-open -u --udp -U --unix -l --listen --print-addr -v --tls --proxy= -h --help -V --version -q --quiet --verbose --json --json-file= --color= --backend= --stats --trace=' -- "$current")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2> /dev/null
      fi
      ;;
    dnsq)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-t --type= -c --class= -x --reverse= -p --port= -4 --ipv4 -6 --ipv6 --tcp --tls --short --answer --timeout= --tries= --no-rd --do --cd --no-ad --no-edns --no-cookie --nsid --bufsize= --subnet= --padding= --search --ndots= --ignore-tc --x20 --stdin -f --file= --concurrency= --rate= --ordered -h --help -V --version -q --quiet --verbose --json --json-file= --color= --backend= --stats --trace=' -- "$current")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2> /dev/null
      fi
      ;;
    timer)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-c --count= --overlap= --splay= --until-failure --until-success --screen -d --differences --spin= -s --signal= -k --kill-after= -p --preserve-status -f --foreground -v -h --help -V --version -q --quiet --verbose --json --json-file= --color= --backend= --stats --trace=' -- "$current")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2> /dev/null
      fi
      ;;
    wait-pid)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--all --any -c --count= -t --timeout= -e --exited-ok --status= --full --reap-grace= --tree --kill-after= -h --help -V --version -q --quiet --verbose --json --json-file= --color= --backend= --stats --trace=' -- "$current")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2> /dev/null
      fi
      ;;
  esac
}

_evtool_files() {
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

complete -F _evtool evtool evtool-cat ev-cat evtool-dial ev-dial evtool-dnsq ev-dnsq evtool-timer ev-timer evtool-wait-pid ev-wait-pid
