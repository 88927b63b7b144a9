#!/usr/bin/perl
# Reads JSON on standard input, and writes it as Storable, in the form of the genes in Ensembl's VEP
# caches, on standard output. {"class": NAME, "object": {...}} is an object, {"hex": TEXT} bytes.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Storable qw(nstore_fd);

sub made {
    my ($value) = @_;
    return [map { made($_) } @$value] if ref $value eq 'ARRAY';
    return $value if ref $value ne 'HASH';
    return pack('H*', $value->{hex}) if exists $value->{hex};
    return bless(made($value->{object}), $value->{class}) if exists $value->{class};
    return {map { $_ => made($value->{$_}) } keys %$value};
}

local $/;
binmode STDOUT;
nstore_fd(made(decode_json(<STDIN>)), \*STDOUT);
