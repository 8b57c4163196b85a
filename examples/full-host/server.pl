#!/usr/bin/perl
# A service for the example: reads its configuration, keeps a count, answers /health. Perl is part of every Debian.
use strict;
use warnings;
use IO::Socket::INET;

my %option = @ARGV;
my ($config, $port) = @option{qw(--config --port)};
my $state = $ENV{STATE} or die "STATE is not set\n";
$ENV{DATABASE_URL} or die "DATABASE_URL is not set\n";

open my $in, '<', $config or die "$config: $!\n";
my ($name) = map { /^APP_NAME\s*=\s*(.*)/ ? $1 : () } <$in>;
close $in;

open my $out, '>>', "$state/starts" or die "$state: $!\n";
print $out time, "\n";
close $out;

my $server = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1,
) or die "port $port: $@\n";
$| = 1;
print "$name listens on $port\n";

while (my $client = $server->accept) {
    my $request = <$client> // '';
    while (defined(my $line = <$client>)) { last if $line =~ /^\r?\n$/ }
    my ($status, $body) = $request =~ m{^GET /health } ? ('200 OK', "ok\n") : ('404 Not Found', "nothing here\n");
    print $client "HTTP/1.1 $status\r\nContent-Length: ", length $body, "\r\nConnection: close\r\n\r\n$body";
    close $client;
}
