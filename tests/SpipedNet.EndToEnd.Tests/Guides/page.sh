#!/bin/bash
# page.sh DIR PAGE PACKAGE: boots the hosts of PAGE's table, joined by a bridge, and runs PAGE's commands in them, top to bottom.
# In a block marked console, "app# COMMAND" is a command on the host app (its here-document follows it), the lines after
# it are all that it prints, and ... stands for what varies. Blocks marked "console not-run" are counted and named.
# A command in a block marked "console fails" must fail. "export NAME=VALUE" lasts for the later commands of its host.
# A page that installs PACKAGE finds it in root's directory; otherwise the hosts have it installed. DIR is for what is made.
# Exits 1 at the first command that fails or prints something else.
set -u
here=$(dirname "$(realpath "$0")")

outside() {
    local dir=$1
    for cgroup in /sys/fs/cgroup/unified /sys/fs/cgroup; do
        [ -w $cgroup/cgroup.procs ] && break
    done
    cgroup=$cgroup/spiped-net-page-$$
    mkdir "$cgroup" || exit
    trap 'find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null' EXIT
    ssh-keygen -q -t ed25519 -N '' -f "$dir/id_ed25519" || exit
    # All that is started here ends with the first process of this namespace.
    timeout --kill-after 5 150 unshare --net --mount-proc --pid --fork --kill-child \
        bash "$here/page.sh" --inside "$dir" "$2" "$cgroup" "$3"
}

inside() {
    dir=$1 page=$2 cgroup=$3 package=$4
    declare -gA process exported
    boot_hosts || exit
    read_page || exit
    echo "$page: $ran commands ran as shown, $skipped were not run"
}

# Prints "NAME ADDRESS NAMES REDIS" of each row | `name.example.com` | 192.0.2.1 | role |.
table() {
    sed -n 's/^| `\([a-z0-9.]*\)` | \([0-9.]*\) | \(.*\) |$/\1|\2|\3/p' "$page" | while IFS='|' read -r full address role; do
        case $role in Redis*) redis=1 ;; *) redis=0 ;; esac
        echo "${full%%.*} $address $full $redis"
    done
}

boot_hosts() {
    local name address full redis is_installed=1
    ! grep -q "^[a-z]*# dpkg -i ${package##*/}" "$page" || is_installed=0
    echo '127.0.0.1 localhost' >"$dir/hosts"
    table | while read -r name address full redis; do echo "$address $full $name"; done >>"$dir/hosts"
    ip link add br0 type bridge && ip link set br0 up || return
    while read -r name address full redis; do
        mkfifo "$dir/$name.pid" "$dir/$name.go" "$dir/$name.up"
        mkdir "$cgroup/$name"
        bash -c 'echo $$ >"$1/cgroup.procs" && shift && exec unshare -C -m -p -u -i -n -f --kill-child bash "$@"' \
            boot "$cgroup/$name" "$here/host.sh" "$dir" "$name" "$redis" "$package" $is_installed >"$dir/$name.log" 2>&1 &
        read -r process["$name"] <"$dir/$name.pid"
        ip link add "to-$name" type veth peer name eth0 netns "${process[$name]}"
        ip link set "to-$name" master br0 up
        on "$name" "ip address add $address/24 dev eth0 && ip link set eth0 up && ip link set lo up" || return
        echo >"$dir/$name.go"
    done < <(table)
    for name in "${!process[@]}"; do read -r _ <"$dir/$name.up"; done
}

# on HOST COMMAND: runs it as root's shell there would, in which what was exported before still is.
on() {
    timeout 60 nsenter --target "${process[$1]}" --mount --uts --ipc --net --pid --cgroup --root --wd -- env -i \
        HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        bash -c "cd /root && ${exported[$1]:-}$2" 2>&1 </dev/null
}

read_page() {
    local text number=0 block='' end=''
    host='' ran=0 skipped=0
    while IFS= read -r text; do
        number=$((number + 1))
        case $block,$text in
        ,'```console') block=run ;;
        ,'```console fails') block=fails ;;
        ,'```console not-run') block=not-run ;;
        ,'```'*) block=other ;;
        *,'```') run_command && block='' end='' ;;
        not-run,*'# '*) echo "$page:$number: not run: $text" && skipped=$((skipped + 1)) ;;
        run,* | fails,*) take_line ;;
        esac || return
    done <"$page"
    [ -z "$block" ] || { echo "$page: the last block does not end"; return 1; }
    [ $ran -gt 0 ] || { echo "$page: no command"; return 1; }
}

# A line of a block that is run: of a here-document, a command, or what the command prints.
take_line() {
    if [ -n "$end" ]; then
        command+=$'\n'$text
        [ "$text" != "$end" ] || end=
    elif [[ $text =~ ^([a-z0-9]+)#\ (.*)$ ]]; then
        run_command || return
        host=${BASH_REMATCH[1]} command=${BASH_REMATCH[2]} expected='' line=$number fails=0
        [ $block = run ] || fails=1
        [ -n "${process[$host]:-}" ] || { echo "$page:$number: no host $host in the page's table"; return 1; }
        [[ ! $command =~ \<\<\'?([A-Z]+) ]] || end=${BASH_REMATCH[1]}
    else
        expected+=$text$'\n'
    fi
}

run_command() {
    local came pattern status
    [ -n "$host" ] || return 0
    expected=${expected%$'\n'}
    came=$(on "$host" "$command")
    status=$?
    [[ $command != export\ * ]] || exported[$host]+="$command && "
    pattern=$(printf %s "$expected" | sed 's/[][*?\\]/\\&/g; s/\.\.\./*/g')
    ran=$((ran + 1))
    # shellcheck disable=SC2053
    if [ $((status != 0)) = $fails ] && [[ $came == $pattern ]]; then
        host=
        return
    fi
    printf '%s:%s: on %s: %s\nexit status %s, it printed:\n%s\nthe page shows:\n%s\n' \
        "$page" "$line" "$host" "$command" $status "$came" "$expected"
    return 1
}

if [ "$1" = --inside ]; then inside "$2" "$3" "$4" "$5"; else outside "$1" "$2" "$3"; fi
