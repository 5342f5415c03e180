<?php

declare(strict_types=1);

/**
 * For the tests in TypeScript of what is PHP's own: one JSON question for each line of stdin, one JSON answer for each line of
 * stdout. conformance.php is for what all languages have.
 * The configuration is the first argument, and the client the second: phpredis, predis or cluster.
 */

use RedisWebToken\Exception\RwtException;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Http\AuthOptions;
use RedisWebToken\Http\Carried;
use RedisWebToken\Http\IncomingRequest;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\Http\Requirement;
use RedisWebToken\Keys;
use RedisWebToken\Once;
use RedisWebToken\RedisWebToken;
use RedisWebToken\Token;

require __DIR__ . '/../autoload.php';

$config = json_decode($argv[1], true, 512, JSON_THROW_ON_ERROR);
@include_once 'Predis/autoload.php';
if ($argv[2] === 'cluster') {
    $config['redis'] = new RedisCluster(null, ['127.0.0.1:' . $config['redis']['port']], 1.0, 1.0);
} else {
    $config['redis']['client'] = $argv[2];
}
$rwt = null;

$own = [
    'atGeneration' => static fn (string $secret, string $token, int $generation): ?string
        => Token::open([Keys::of($secret)], $token)?->atGeneration($generation)->text,
    // What a request carries. Header values come as text of bytes, as Node has them.
    'carried' => static function (string $method, string $url, array $headers, array $options, string $secret): array {
        $bytes = static fn (string $value): string => mb_convert_encoding($value, 'ISO-8859-1', 'UTF-8');
        $text = static fn (string $value): string => mb_convert_encoding($value, 'UTF-8', 'ISO-8859-1');
        $request = new IncomingRequest($method, $url, array_map($bytes, $headers));
        $carried = Carried::read($request, [Keys::of($secret)], new AuthOptions($options), false);

        return [array_map($text, $carried->tokens), array_map($text, $carried->deciding), $carried->isCookie, $carried->error];
    },
    'requestAuth' => static function (array $options) use (&$rwt): bool {
        new RequestAuth($rwt, str_repeat('s', 32), $options);

        return true;
    },
    // A call of one-time tokens.
    'once' => static function (array $options, string|array $secret, string $call, mixed ...$args) use (&$rwt): mixed {
        $once = new Once($rwt, $secret, $options);

        return $once->$call(...$args);
    },
    'requirement' => static fn (mixed $require, array $session): bool => (new Requirement($require))->isMetBy($session),
    // What JSON can't say.
    'signNumber' => static function (array $path, string $number, string $secret) use (&$rwt): string {
        $data = constant($number);
        foreach ($path as $name) {
            $data = [$name => $data];
        }

        return $rwt->sign($data, $secret);
    },
    'increment' => static function (string $token, string $secret) use (&$rwt): bool {
        return $rwt->update($token, $secret, static fn (array $data): array => ['n' => $data['n'] + 1] + $data);
    },
];

while (($line = fgets(STDIN)) !== false) {
    ['op' => $op, 'args' => $args] = json_decode($line, true, 2048, JSON_THROW_ON_ERROR);
    try {
        $rwt ??= new RedisWebToken($config);
        $answer = ['result' => isset($own[$op]) ? $own[$op](...$args) : $rwt->$op(...$args)];
    } catch (RwtException $error) {
        $reason = $error instanceof StoreUnavailable ? $error->reason() : null;
        $answer = ['error' => ['code' => $error->errorCode(), 'reason' => $reason, 'message' => $error->getMessage()]];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION, 2048), "\n";
}
