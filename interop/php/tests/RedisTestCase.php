<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use PHPUnit\Framework\TestCase;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Keys;
use RedisWebToken\Once;
use RedisWebToken\RedisWebToken;
use RedisWebToken\SessionKeys;
use RedisWebToken\Token;

/** Tests over the real Redis that REDIS_URL names. `npm test` of the whole project starts one for them. */
abstract class RedisTestCase extends TestCase
{
    protected const SECRET = 'a secret that all languages share, 32 bytes or more';
    protected const OLDER_SECRET = 'the secret before that one, 32 bytes or more too';

    protected \Redis $admin;
    protected string $host;
    protected int $port;

    protected function setUp(): void
    {
        $url = parse_url((string) getenv('REDIS_URL'));
        self::assertArrayHasKey('port', (array) $url, 'REDIS_URL must name a Redis for the tests: redis://127.0.0.1:port');
        $this->host = (string) $url['host'];
        $this->port = (int) $url['port'];
        $this->admin = new \Redis();
        $this->admin->connect($this->host, $this->port);
        $this->admin->flushAll();
    }

    /** @return array<string, array{string}> */
    public static function clients(): array
    {
        return ['ext-redis' => ['phpredis'], 'Predis' => ['predis']];
    }

    /**
     * @param array<string, mixed> $redis
     * @param array<string, mixed> $more
     */
    protected function service(string $client, array $redis = [], array $more = []): RedisWebToken
    {
        return new RedisWebToken(['redis' => $redis + ['host' => $this->host, 'port' => $this->port, 'client' => $client]] + $more);
    }

    /**
     * @param array<string, mixed> $options
     * @param string|list<string>  $secret
     */
    protected function links(string $client, array $options = [], string|array $secret = self::SECRET): Once
    {
        return new Once($this->service($client), $secret, $options + ['purpose' => 'tests', 'expire' => 60]);
    }

    protected static function namesOf(string $token, string $secret = self::SECRET): SessionKeys
    {
        $opened = Token::open([Keys::of($secret)], $token);
        self::assertNotNull($opened);

        return new SessionKeys('rwt:', $opened);
    }

    /** Puts the ends of a rotation's grace and of its retries into the past. */
    protected function endGrace(string $token): void
    {
        $key = self::namesOf($token)->session;
        $this->admin->setRange($key, 33, '0000000005');
        $this->admin->setRange($key, 44, '0000000005');
    }

    protected static function reasonOf(\Closure $call): string
    {
        try {
            $call();
        } catch (StoreUnavailable $unavailable) {
            return $unavailable->reason();
        }
        self::fail('there was an answer');
    }
}
