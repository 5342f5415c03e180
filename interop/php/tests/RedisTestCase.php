<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use PHPUnit\Framework\TestCase;
use RedisWebToken\RedisWebToken;

/** Tests over the real Redis that REDIS_URL names. Run by `npm test` of the whole project, which starts one. */
abstract class RedisTestCase extends TestCase
{
    protected const SECRET = 'a secret that all languages share, 32 bytes or more';

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
}
