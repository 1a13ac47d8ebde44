#!/bin/bash
# write.sh NAME [SENTINEL...]: writes the keys NAME:1, NAME:2, ... with redis-cli, one connection each, until standard input
# ends; to the master that the Sentinels name, which are asked again after each failure, or without any to 127.0.0.1.
# Prints "KEY BEGIN END ANSWERS" for each. REDISCLI_AUTH is the password of all.
name=$1 number=0 master=127.0.0.1
shift

find_master() {
    local sentinel answer
    for sentinel; do
        answer=$(timeout 0.5 redis-cli -h "$sentinel" -p 26379 sentinel get-master-addr-by-name mymaster 2>/dev/null)
        [[ $answer != *$'\n'6379 ]] || { master=${answer%%$'\n'*}; return; }
    done
}

# The name of the connection is still there at the end only if redis-cli has not made another one in between.
write() {
    printf '%s\n' "client setname $name" "set $key $number" 'wait 1 500' 'client getname' |
        timeout 1 redis-cli -h "$master" 2>&1 | tr '\n' ' '
}

find_master "$@"
# A time-out of read is a status above 128, the end of standard input is 1.
while read -rt 0.05 _; [ $? -gt 128 ]; do
    number=$((number + 1)) key=$name:$((number)) begin=$EPOCHREALTIME
    answers=$(write)
    echo "$key $begin $EPOCHREALTIME $answers"
    [[ $answers == "OK OK "[12]" $name " ]] || find_master "$@"
done
