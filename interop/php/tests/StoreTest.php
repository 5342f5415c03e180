<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Config;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Connection;
use RedisWebToken\Redis\PhpRedisConnection;
use RedisWebToken\Redis\Store;

final class StoreTest extends RedisTestCase
{
    public function testASignThatAClientSentTwiceIsStillOne(): void
    {
        $twice = new class (new PhpRedisConnection($this->admin)) implements Connection {
            public function __construct(private readonly Connection $inner)
            {
            }

            public function send(string $key, array $args): mixed
            {
                if ($args[0] === 'SET') {
                    $this->inner->send($key, $args);
                }

                return $this->inner->send($key, $args);
            }

            public function close(): void
            {
            }
        };
        $store = new Store($twice, null);
        self::assertTrue($store->create('key', 'mine', 60));
        self::assertFalse($store->create('key', 'another', 60));
        self::assertSame('mine', $this->admin->get('key'));
        self::assertGreaterThan(0, $this->admin->ttl('key'));
    }

    public function testAnErrorOfAnEarlierCommandIsNotTakenForThisOnes(): void
    {
        $this->admin->rawCommand('NOSUCHCOMMAND');
        self::assertIsString($this->admin->getLastError());
        self::assertNull((new Store(new PhpRedisConnection($this->admin), null))->read('missing'));
    }

    public function testAConnectionThatWasClosedWhileItLayIdleIsReplaced(): void
    {
        foreach (['phpredis', 'predis'] as $client) {
            $config = new Config(['redis' => ['host' => $this->host, 'port' => $this->port, 'client' => $client]]);
            $store = new Store($config->connection, $config->timeout, 0.0);
            $busy = new Store($config->connection, $config->timeout);
            $store->create('key', 'mine', 60);
            $this->admin->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
            self::assertSame('mine', $store->read('key'));
            $busy->connect();
            $this->admin->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
            try {
                $busy->remove('key');
                self::fail('a command was sent twice');
            } catch (StoreUnavailable $unavailable) {
                self::assertSame('network', $unavailable->reason());
            }
            self::assertSame('mine', $busy->read('key'));
            $this->admin->del('key');
        }
    }

    public function testALateReplyIsNeverTheAnswerToTheNextCommandOnACallersClientEither(): void
    {
        $client = new \Redis();
        $client->connect($this->host, $this->port, 1.0, null, 0, 0.3);
        $store = new Store(new PhpRedisConnection($client), null);
        $store->create('alice', 'session of alice', 60);
        $store->create('bob', 'session of bob', 60);
        $this->admin->rawCommand('CLIENT', 'PAUSE', '700', 'ALL');
        try {
            $store->read('alice');
            self::fail('there was an answer');
        } catch (StoreUnavailable) {
            usleep(600_000);
        }
        self::assertSame('session of bob', $store->read('bob'));
    }

    /** @return array<string, array{mixed}> */
    public static function senseless(): array
    {
        return ['a list' => [['a']], 'a number beyond 1' => [2], 'true' => [true], 'text' => ['x']];
    }

    /** @dataProvider senseless */
    public function testAReplyOfAnotherTypeIsAnOutage(mixed $reply): void
    {
        $store = new Store(new class ($reply) implements Connection {
            public function __construct(private readonly mixed $reply)
            {
            }

            public function send(string $key, array $args): mixed
            {
                return $this->reply;
            }

            public function close(): void
            {
            }
        }, null);
        $this->expectException(StoreUnavailable::class);
        $store->remove('key');
    }
}
