<?php

declare(strict_types=1);

/**
 * For the tests in TypeScript: one JSON question for each line of stdin, one JSON answer for each line of stdout.
 * The configuration is the first argument, and the client the second: phpredis, predis or cluster.
 */

use RedisWebToken\Exception\RwtException;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Keys;
use RedisWebToken\RedisWebToken;
use RedisWebToken\SealedValue;
use RedisWebToken\Session;
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

$ofFormat = [
    'derive' => static fn (string $secret, ?string $subject): array => [
        'kid' => sprintf('%02x', Keys::of($secret)->kid),
        'subjectKey' => $subject === null ? null : Token::subjectKey(Keys::of($secret), 'rwt:', $subject),
    ],
    'mint' => static fn (string $secret, int $deadline, int $expire, string $slot, string $random): string
        => Token::mint(Keys::of($secret), $deadline, $expire, (string) hex2bin($slot), (string) hex2bin($random))->text,
    'open' => static function (array $secrets, string $token): ?array {
        $opened = Token::open(array_map(Keys::of(...), $secrets), $token);

        return $opened === null ? null : [
            'deadline' => $opened->deadline,
            'expire' => $opened->expire,
            'slot' => bin2hex($opened->slot),
            'sessionKey' => $opened->sessionKey('rwt:'),
        ];
    },
    'openSealed' => static fn (array $secrets, string $key, string $value): ?string
        => SealedValue::open(array_map(Keys::of(...), $secrets), $key, $value),
    'seal' => static fn (string $secret, string $key, string $text, string $iv): string
        => SealedValue::seal(Keys::of($secret), $key, $text, (string) hex2bin($iv)),
    'decode' => static fn (int $deadline, string $value): ?array => Session::decode($value, $deadline),
];

while (($line = fgets(STDIN)) !== false) {
    ['op' => $op, 'args' => $args] = json_decode($line, true, 2048, JSON_THROW_ON_ERROR);
    try {
        $rwt ??= new RedisWebToken($config);
        $answer = ['result' => isset($ofFormat[$op]) ? $ofFormat[$op](...$args) : $rwt->$op(...$args)];
    } catch (RwtException $error) {
        $reason = $error instanceof StoreUnavailable ? $error->reason() : null;
        $answer = ['error' => ['code' => $error->errorCode(), 'reason' => $reason]];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION, 2048), "\n";
}
