<?php

declare(strict_types=1);

/** The bridge of PHP for interop/conformance. The first argument is the client of Redis: phpredis or predis. */

use RedisWebToken\Exception\RwtException;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Keys;
use RedisWebToken\Once;
use RedisWebToken\RedisWebToken;
use RedisWebToken\SealedLine;
use RedisWebToken\SessionKeys;
use RedisWebToken\Token;

require __DIR__ . '/../autoload.php';
@include_once 'Predis/autoload.php';

$client = $argv[1] ?? 'phpredis';
$ring = static fn (array $secrets): array => array_map(Keys::of(...), $secrets);

/** What asks no Redis. */
$format = [
    'capabilities' => static fn (): array => [
        'name' => "PHP with $client",
        'can' => [...array_diff(array_keys($GLOBALS['format']), ['capabilities']), ...array_keys($GLOBALS['calls']), 'verifyExtendsToken', 'encrypt', 'maxSessions'],
    ],
    'derive' => static fn (array $q): array => [
        'kid' => sprintf('%02x', Keys::of($q['secret'])->kid),
        'person' => $q['subject'] === null ? null : bin2hex(Keys::of($q['secret'])->personOf($q['subject'])),
    ],
    'open' => static function (array $q) use ($ring): ?array {
        $opened = Token::open($ring($q['secrets']), $q['token']);
        if ($opened === null) {
            return null;
        }
        $keys = new SessionKeys('rwt:', $opened);
        $person = $opened->person === null ? null : bin2hex($opened->person);
        $redisKeys = ['sessionKey' => $keys->session, 'personKey' => $keys->person?->person];

        return ['deadline' => $opened->deadline, 'expire' => $opened->expire, 'generation' => $opened->generation, 'person' => $person] + $redisKeys;
    },
    'mint' => static function (array $q): string {
        $keys = Keys::of($q['secret']);
        $person = $q['subject'] === null ? null : $keys->personOf($q['subject']);

        return Token::mint($keys, $q['deadline'], $q['expire'], $person, $q['generation'], (string) hex2bin($q['id']))->text;
    },
    'successor' => static function (array $q): ?string {
        $opened = Token::open([Keys::of($q['secret'])], $q['token']);

        return $opened?->atGeneration($opened->generation + 1)->text;
    },
    'unseal' => static fn (array $q): ?string => SealedLine::open($ring($q['secrets']), $q['place'], $q['line']),
    'seal' => static fn (array $q): string => SealedLine::seal(Keys::of($q['secret']), $q['place'], $q['text'], (string) hex2bin($q['iv'])),
];

$once = static fn (RedisWebToken $rwt, $secret, array $q): Once => new Once($rwt, $secret, ['purpose' => $q['purpose'], 'expire' => 60]);

/** The calls of a service. */
$calls = [
    'sign' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->sign($q['data'], $secret, array_diff_key($q, ['data' => 0])),
    'verify' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->session($q['token'], $secret),
    'extend' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->extend($q['token'], $secret, array_diff_key($q, ['token' => 0])),
    'destroy' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->destroy($q['token'], $secret),
    'update' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->update($q['token'], $secret, $q['data']),
    'increment' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->update($q['token'], $secret, static fn (array $data): array => ['n' => $data['n'] + 1] + $data),
    'rotate' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->rotate($q['token'], $secret, array_diff_key($q, ['token' => 0])),
    'list' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->list($q['subject'], $secret, array_diff_key($q, ['subject' => 0])),
    'destroyById' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->destroyById($q['subject'], $secret, $q['id']),
    'destroyAll' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->destroyAll($q['subject'], $secret, array_diff_key($q, ['subject' => 0])),
    'updateAll' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->updateAll($q['subject'], $secret, $q['data']),
    'idOf' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->idOf($q['token'], $secret),
    'reauthenticate' => static fn (RedisWebToken $rwt, $secret, array $q) => $rwt->reauthenticate($q['token'], $secret, $q['auth']),
    'issue' => static fn (RedisWebToken $rwt, $secret, array $q) => $once($rwt, $secret, $q)->issue($q['data'], array_diff_key($q, ['purpose' => 0, 'data' => 0])),
    'consume' => static fn (RedisWebToken $rwt, $secret, array $q) => $once($rwt, $secret, $q)->consume($q['token']),
];

/** One service for the same options. */
$serviceOf = static function (array $options) use ($client): RedisWebToken {
    static $services = [];
    $redis = parse_url($options['redis']);
    $custom = ['expire', 'maxLifetime', 'verifyExtendsToken', 'maxSessions', 'onLimit'];

    return $services[json_encode($options)] ??= new RedisWebToken([
        'redis' => ['host' => $redis['host'], 'port' => $redis['port'], 'timeout' => ($options['timeout'] ?? 1500) / 1000, 'client' => $client],
        'custom' => array_intersect_key($options, array_flip($custom)),
    ] + array_diff_key($options, array_flip([...$custom, 'redis', 'secret', 'timeout'])));
};

while (($line = fgets(STDIN)) !== false) {
    ['op' => $op] = $question = json_decode($line, true, 2048, JSON_THROW_ON_ERROR);
    $rest = array_diff_key($question, ['op' => 0, 'service' => 0]);
    try {
        $result = isset($format[$op]) ? $format[$op]($rest) : $calls[$op]($serviceOf($question['service']), $question['service']['secret'], $rest);
        $answer = ['result' => $result];
    } catch (RwtException $error) {
        $reason = $error instanceof StoreUnavailable ? $error->reason() : null;
        $answer = ['error' => ['code' => $error->errorCode(), 'reason' => $reason, 'message' => $error->getMessage()]];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION, 2048), "\n";
}
