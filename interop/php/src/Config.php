<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\ClientMissing;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Redis\Connection;
use RedisWebToken\Redis\PhpRedisConnection;
use RedisWebToken\Redis\PredisConnection;

/** The constructor's configuration after its checks, defaults filled in. */
final class Config
{
    private const REDIS = [
        'scheme' => 'tcp',
        'host' => 'localhost',
        'port' => 6379,
        'path' => null,
        'username' => null,
        'password' => null,
        'database' => 0,
        'timeout' => 2.0,
        'prefix' => null,
        'client' => null,
    ];
    private const CUSTOM = ['expire' => null, 'verifyExtendsToken' => false, 'maxLifetime' => 30 * 86_400, 'maxSessions' => null, 'onLimit' => 'endOldest'];
    private const LEGACY = ['prefix' => null, 'secret' => null, 'until' => null];

    public readonly Connection $connection;
    /** Seconds that it gives Redis; null for a client of the caller's. */
    public readonly ?float $timeout;
    public readonly string $prefix;
    public readonly int $expire;
    public readonly bool $verifyExtendsToken;
    public readonly int $maxLifetime;
    public readonly ?Limit $limit;
    public readonly Lines $lines;
    /** @var array{prefix: string, secret: ?string, until: ?int}|null */
    public readonly ?array $legacy;

    /** @param array<string, mixed> $config */
    public function __construct(#[\SensitiveParameter] array $config)
    {
        $given = Arguments::known('the configuration', $config, ['redis' => [], 'custom' => [], 'prefix' => null, 'legacy' => null, 'encrypt' => false, 'acceptPlain' => true]);
        $custom = Arguments::known('custom', Arguments::named('custom', $given['custom']), self::CUSTOM);
        $this->maxLifetime = Arguments::wholeNumber('maxLifetime', 'seconds', $custom['maxLifetime'], 1, Token::MAX_SECONDS);
        $this->expire = $this->readExpire($custom['expire'] ?? min(3600, $this->maxLifetime));
        $this->verifyExtendsToken = Arguments::boolean('verifyExtendsToken', $custom['verifyExtendsToken']);
        $this->limit = Limit::read($custom['maxSessions'], $custom['onLimit']);
        $this->lines = self::readLines(Arguments::boolean('encrypt', $given['encrypt']), Arguments::boolean('acceptPlain', $given['acceptPlain']));
        $this->legacy = $given['legacy'] === null ? null : self::readLegacy(Arguments::named('legacy', $given['legacy']));
        $redis = $given['redis'];
        $options = is_object($redis) ? self::REDIS : Arguments::known('redis', Arguments::named('redis', $redis), self::REDIS);
        $this->prefix = self::readPrefix($given['prefix'] ?? $options['prefix'] ?? 'rwt:');
        $target = is_object($redis) ? $redis : self::readRedis($options);
        $this->timeout = is_object($redis) ? null : (float) $target['timeout'];
        $this->connection = self::connect($target);
    }

    /** The idle timeout of one token in seconds. */
    public function readExpire(mixed $expire): int
    {
        return Arguments::expire($expire, $this->maxLifetime);
    }

    private static function readLines(bool $encrypts, bool $acceptPlain): Lines
    {
        if (!$encrypts && !$acceptPlain) {
            throw InvalidOption::range('acceptPlain', 'be true while encrypt is false');
        }
        if ($encrypts && !SealedLine::isPossible()) {
            throw InvalidOption::range('encrypt', 'be false: this PHP has no ext-openssl with AES-256-GCM');
        }

        return new Lines($encrypts, $acceptPlain);
    }

    private static function connect(#[\SensitiveParameter] object|array $redis): Connection
    {
        if ($redis instanceof \Redis || $redis instanceof \RedisCluster) {
            return new PhpRedisConnection($redis);
        }
        if ($redis instanceof \Predis\ClientInterface) {
            return new PredisConnection($redis);
        }
        if (is_object($redis)) {
            throw InvalidOption::type('redis', 'an array, or a client: Redis, RedisCluster, Predis\ClientInterface', $redis);
        }
        $wanted = $redis['client'];
        if ($wanted !== null && $wanted !== 'phpredis' && $wanted !== 'predis') {
            throw InvalidOption::range('redis.client', 'be "phpredis" or "predis"');
        }
        if ($wanted !== 'predis' && extension_loaded('redis')) {
            return new PhpRedisConnection($redis);
        }
        if ($wanted !== 'phpredis' && class_exists(\Predis\Client::class)) {
            return new PredisConnection($redis);
        }
        throw new ClientMissing();
    }

    /**
     * @param array<string, mixed> $options
     *
     * @return array<string, mixed>
     */
    private static function readRedis(#[\SensitiveParameter] array $options): array
    {
        if (!in_array($options['scheme'], ['tcp', 'tls', 'unix'], true)) {
            throw InvalidOption::range('redis.scheme', 'be "tcp", "tls" or "unix"');
        }
        if ($options['scheme'] === 'unix' && !is_string($options['path'])) {
            throw InvalidOption::type('redis.path', 'the path of a socket', $options['path']);
        }
        foreach (['host', 'username', 'password'] as $name) {
            if (!is_string($options[$name]) && ($options[$name] !== null || ($name === 'host' && $options['scheme'] !== 'unix'))) {
                throw InvalidOption::type("redis.$name", 'text', $options[$name]);
            }
        }
        // From the environment they come as text.
        foreach (['port' => 65_535, 'database' => 1_000_000] as $name => $max) {
            $number = filter_var($options[$name], FILTER_VALIDATE_INT, ['options' => ['min_range' => 0, 'max_range' => $max]]);
            $options[$name] = is_int($number) ? $number : throw InvalidOption::range("redis.$name", 'be a whole number');
        }
        $timeout = $options['timeout'];
        if ((!is_int($timeout) && !is_float($timeout)) || !($timeout > 0 && $timeout < 86_400)) {
            throw InvalidOption::range('redis.timeout', 'be a number of seconds above 0');
        }
        $options['timeout'] = (float) $timeout;

        return $options;
    }

    /**
     * @param array<string, mixed> $legacy
     *
     * @return array{prefix: string, secret: ?string, until: ?int}
     */
    private static function readLegacy(#[\SensitiveParameter] array $legacy): array
    {
        ['prefix' => $prefix, 'secret' => $secret, 'until' => $until] = Arguments::known('legacy', $legacy, self::LEGACY);
        if (!is_string($prefix)) {
            throw InvalidOption::type('legacy.prefix', 'text', $prefix);
        }
        if ($secret !== null && !is_string($secret)) {
            throw InvalidOption::type('legacy.secret', 'text', $secret);
        }

        return [
            'prefix' => $prefix,
            'secret' => $secret,
            'until' => $until === null ? null : Arguments::wholeNumber('legacy.until', 'seconds', $until, 1, Token::MAX_DEADLINE),
        ];
    }

    private static function readPrefix(mixed $prefix): string
    {
        if (!is_string($prefix)) {
            throw InvalidOption::type('prefix', 'text', $prefix);
        }
        if (strpbrk($prefix, '{}') !== false) {
            throw InvalidOption::range('prefix', 'hold no { or }');
        }

        return $prefix;
    }
}
