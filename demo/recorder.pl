#!/usr/bin/perl
# recorder.pl LISTEN_PORT TARGET_PORT FILE: a relay on 127.0.0.1 that writes down what passes:
# FILE.up has the bytes towards the target, FILE.down those that come back.
# Perl, because every Debian has it (perl-base is essential): the demo needs nothing else installed.
use strict;
use warnings;
use IO::Socket::INET;

my ($listen_port, $target_port, $file) = @ARGV;
$SIG{CHLD} = 'IGNORE';

my $listener = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $listen_port, Listen => 16, ReuseAddr => 1)
    or die "recorder: cannot listen on port $listen_port: $!\n";

while (my $client = $listener->accept) {
    my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $target_port)
        or die "recorder: cannot connect to port $target_port: $!\n";
    copy_in_child($client, $server, "$file.up");
    copy_in_child($server, $client, "$file.down");
}

# One process a direction: the end of one direction must not end the other.
sub copy_in_child {
    my ($from, $to, $name) = @_;
    return if fork // die "recorder: cannot fork: $!\n";
    open my $record, '>>:raw', $name or die "recorder: cannot write $name: $!\n";
    while (sysread $from, my $bytes, 65536) {
        syswrite $record, $bytes;
        print {$to} $bytes;
        $to->flush;
    }
    shutdown $to, 1;
    exit 0;
}
