<?php

declare(strict_types=1);

/**
 * Measures PHP for bench/works/languages.ts. The arguments are the client (phpredis or predis), the port of Redis and the secret.
 *
 * The first line of stdin has the keys of the bare GET and the tokens; each further line says what to measure, and is answered with
 * operations per second. PHP does one thing at a time, so concurrent calls are processes. They are forked, as PHP-FPM forks its
 * workers, and so share the opcode cache.
 */

use RedisWebToken\RedisWebToken;

require __DIR__ . '/../../interop/php/autoload.php';
@include_once 'Predis/autoload.php';

/** The library's own, in seconds. */
const TIMEOUT = 2;

/** @param resource $questions a socket, which ends with the program that asks */
function work(string $kind, int $port, string $secret, array $given, $questions): void
{
    if ($kind === 'predis') {
        $client = new Predis\Client(['host' => '127.0.0.1', 'port' => $port, 'timeout' => TIMEOUT, 'read_write_timeout' => TIMEOUT]);
    } else {
        $client = new Redis();
        $client->connect('127.0.0.1', $port, TIMEOUT, null, 0, TIMEOUT);
    }
    $rwt = new RedisWebToken(['redis' => ['host' => '127.0.0.1', 'port' => $port, 'client' => $kind]]);
    $works = [
        'get' => [static fn (string $key) => json_decode($client->get($key), true, 512, JSON_THROW_ON_ERROR), $given['keys']],
        'verify' => [static fn (string $token) => $rwt->verify($token, $secret), $given['tokens']],
    ];
    // The rounds of a process begin at the same place, so that after the warm-up its tokens have been opened before.
    $start = random_int(0, count($given['tokens']));
    while (($line = fgets($questions)) !== false) {
        ['work' => $name, 'ms' => $ms] = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
        [$work, $names] = $works[$name];
        $count = count($names);
        $done = $start;
        $began = hrtime(true);
        for ($end = $began + $ms * 1e6; hrtime(true) < $end; $done++) {
            $work($names[$done % $count]);
        }
        fwrite($questions, json_encode(($done - $start) / (hrtime(true) - $began) * 1e9) . "\n");
    }
}

[, $kind, $port, $secret] = $argv;
$given = json_decode((string) fgets(STDIN), true, 512, JSON_THROW_ON_ERROR);
$workers = [];
echo "true\n";
while (($line = fgets(STDIN)) !== false) {
    $concurrency = json_decode($line, true, 512, JSON_THROW_ON_ERROR)['concurrency'];
    while (count($workers) < $concurrency) {
        [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        if (pcntl_fork() === 0) {
            array_map(fclose(...), [$ours, ...$workers]);
            work($kind, (int) $port, $secret, $given, $theirs);
            exit;
        }
        fclose($theirs);
        $workers[] = $ours;
    }
    $asked = array_slice($workers, 0, $concurrency);
    foreach ($asked as $worker) {
        fwrite($worker, $line);
    }
    echo json_encode(array_sum(array_map(static fn ($worker) => (float) fgets($worker), $asked))), "\n";
}
