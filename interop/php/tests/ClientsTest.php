<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use Predis\Client;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\RedisWebToken;

final class ClientsTest extends RedisTestCase
{
    /** @return array<string, array{\Closure(string, int): object}> */
    public static function callersClients(): array
    {
        return [
            'ext-redis with a prefix and a serializer' => [static function (string $host, int $port): object {
                $client = new \Redis();
                $client->connect($host, $port);
                $client->setOption(\Redis::OPT_PREFIX, 'app:');
                $client->setOption(\Redis::OPT_SERIALIZER, (string) \Redis::SERIALIZER_PHP);

                return $client;
            }],
            'Predis with a prefix' => [static fn (string $host, int $port): object
                => new Client(['host' => $host, 'port' => $port], ['prefix' => 'app:'])],
            'Predis that throws no errors' => [static fn (string $host, int $port): object
                => new Client(['host' => $host, 'port' => $port], ['exceptions' => false])],
        ];
    }

    /**
     * @dataProvider callersClients
     *
     * @param \Closure(string, int): object $make
     */
    public function testAClientOfTheCallersIsUsedAsItIsAndNeverClosed(\Closure $make): void
    {
        $client = $make($this->host, $this->port);
        $rwt = new RedisWebToken(['redis' => $client, 'prefix' => 'mine:']);
        $token = $rwt->sign(['name' => 'Zoë'], self::SECRET);
        self::assertMatchesRegularExpression('/^mine:\{[0-9a-f]{4}}:s:[\w-]{22}$/D', $this->admin->keys('*')[0]);
        self::assertSame(['name' => 'Zoë'], $rwt->verify($token, self::SECRET));
        self::assertTrue($rwt->extend($token, self::SECRET));
        $rwt->disconnect();
        self::assertNotFalse($client instanceof \Redis ? $client->rawCommand('PING') : $client->ping());
        self::assertTrue($client->isConnected());
        self::assertTrue($rwt->destroy($token, self::SECRET));
        self::assertFalse($rwt->verify($token, self::SECRET));
    }

    public function testNothingIsQueuedInATransactionOfTheCallers(): void
    {
        $client = new \Redis();
        $client->connect($this->host, $this->port);
        $rwt = new RedisWebToken(['redis' => $client]);
        $client->multi();
        try {
            $rwt->sign(1, self::SECRET);
            self::fail('the command was queued');
        } catch (InvalidOption $error) {
            self::assertSame('ERR_RWT_OPTION_RANGE', $error->errorCode());
        }
        self::assertSame([], $client->exec());
        self::assertSame(1, $rwt->verify($rwt->sign(1, self::SECRET), self::SECRET));
    }

    /** @dataProvider clients */
    public function testAfterDisconnectTheNextCallConnectsAgain(string $client): void
    {
        $rwt = $this->service($client);
        $rwt->connect();
        $token = $rwt->sign(1, self::SECRET);
        $rwt->disconnect();
        $rwt->disconnect();
        self::assertSame(1, $rwt->verify($token, self::SECRET));
    }

    /** @dataProvider clients */
    public function testDatabaseAndPrefixAreThoseOfTheConfiguration(string $client): void
    {
        $rwt = $this->service($client, ['database' => '3', 'prefix' => 'sess:']);
        $token = $rwt->sign(1, self::SECRET);
        self::assertSame(0, $this->admin->dbSize());
        $this->admin->select(3);
        self::assertStringStartsWith('sess:{', $this->admin->keys('*')[0]);
        self::assertFalse($this->service($client, ['prefix' => 'sess:'])->verify($token, self::SECRET));
        $this->admin->flushAll();
    }

    /** @dataProvider clients */
    public function testAKeyIsNeverWithoutAnExpiry(string $client): void
    {
        $rwt = $this->service($client, [], ['custom' => ['verifyExtendsToken' => true]]);
        $token = $rwt->sign(1, self::SECRET, ['expire' => 60]);
        [$key] = $this->admin->keys('*');
        foreach (['verify', 'extend', 'session'] as $call) {
            self::assertNotEmpty($rwt->$call($token, self::SECRET));
            self::assertGreaterThan(55, $this->admin->ttl($key));
            self::assertLessThanOrEqual(60, $this->admin->ttl($key));
        }
        $this->admin->del($key);
        self::assertFalse($rwt->verify($token, self::SECRET));
        self::assertFalse($rwt->extend($token, self::SECRET));
        self::assertSame(0, $this->admin->dbSize());
    }

    public function testWhatIsNoClientIsRefused(): void
    {
        $this->expectException(InvalidOption::class);
        new RedisWebToken(['redis' => new \stdClass()]);
    }
}
