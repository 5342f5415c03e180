<?php

declare(strict_types=1);

/**
 * Measures PHP for bench/works/languages.ts. The arguments are the client (phpredis or predis), the port of Redis and the secret.
 *
 * The first line of stdin has the keys of the bare GET and the tokens; each further line says what to measure, and is answered with
 * operations per second. PHP does one thing at a time, so concurrent calls are processes.
 */

use RedisWebToken\RedisWebToken;

require __DIR__ . '/../../interop/php/autoload.php';
@include_once 'Predis/autoload.php';

[, $kind, $port, $secret] = $argv;
if ($kind === 'predis') {
    $client = new Predis\Client(['host' => '127.0.0.1', 'port' => (int) $port]);
} else {
    $client = new Redis();
    $client->connect('127.0.0.1', (int) $port);
}
$rwt = new RedisWebToken(['redis' => ['host' => '127.0.0.1', 'port' => (int) $port, 'client' => $kind]]);

$given = json_decode((string) fgets(STDIN), true, 512, JSON_THROW_ON_ERROR);
$works = [
    'get' => [static fn (string $key) => json_decode($client->get($key), true, 512, JSON_THROW_ON_ERROR), $given['keys']],
    'verify' => [static fn (string $token) => $rwt->verify($token, $secret), $given['tokens']],
];
// Each process has a place of its own in the lists. Its rounds begin there, so that after the warm-up all tokens have been opened.
$start = random_int(0, count($given['tokens']));
echo "true\n";
while (($line = fgets(STDIN)) !== false) {
    ['work' => $name, 'ms' => $ms] = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    [$work, $names] = $works[$name];
    $count = count($names);
    $done = $start;
    $began = hrtime(true);
    for ($end = $began + $ms * 1e6; hrtime(true) < $end; $done++) {
        $work($names[$done % $count]);
    }
    echo json_encode(($done - $start) / (hrtime(true) - $began) * 1e9), "\n";
}
