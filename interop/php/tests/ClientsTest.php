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
        $token = $rwt->sign(['name' => 'Zoë'], self::SECRET, ['subject' => '42']);
        $keys = $this->admin->keys('*');
        sort($keys);
        self::assertMatchesRegularExpression('/^mine:\{[0-9a-f]{4}}:i:[\w-]{16}$/D', $keys[0]);
        self::assertMatchesRegularExpression('/^mine:\{[0-9a-f]{4}}:p:[\w-]{16}$/D', $keys[1]);
        self::assertMatchesRegularExpression('/^mine:\{[0-9a-f]{4}}:s:[\w-]{22}$/D', $keys[2]);
        self::assertSame(['name' => 'Zoë'], $rwt->verify($token, self::SECRET));
        self::assertTrue($rwt->extend($token, self::SECRET));
        $sliding = new RedisWebToken(['redis' => $client, 'prefix' => 'mine:', 'custom' => ['verifyExtendsToken' => true]]);
        self::assertSame(['name' => 'Zoë'], $sliding->verify($token, self::SECRET));
        self::assertCount(1, $rwt->list('42', self::SECRET)['sessions']);
        $token = (string) $rwt->rotate($token, self::SECRET);
        $rwt->disconnect();
        self::assertNotFalse($client instanceof \Redis ? $client->rawCommand('PING') : $client->ping());
        self::assertTrue($client->isConnected());
        self::assertTrue($rwt->destroy($token, self::SECRET));
        self::assertFalse($rwt->verify($token, self::SECRET));
    }

    /** @dataProvider clients */
    public function testAnOutageIsNoExceptionOfAFrameworkThatMakesThemOfWarnings(string $client): void
    {
        $silent = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($silent);
        $port = (int) substr((string) strrchr((string) stream_socket_get_name($silent, false), ':'), 1);
        set_error_handler(static fn (int $level, string $message): bool => (error_reporting() & $level) !== 0 && throw new \ErrorException($message));
        try {
            $rwt = $this->service($client, ['host' => '127.0.0.1', 'port' => $port, 'scheme' => 'tls', 'timeout' => 0.2]);
            self::assertSame('timeout', self::reasonOf(static fn () => $rwt->sign(1, self::SECRET)));
        } finally {
            restore_error_handler();
        }
    }

    /** @return array<string, array{string, bool}> */
    public static function interrupted(): array
    {
        return [
            'ext-redis' => ['phpredis', false],
            'Predis' => ['predis', false],
            'ext-redis of the caller' => ['phpredis', true],
            'Predis of the caller' => ['predis', true],
        ];
    }

    /** @dataProvider interrupted */
    public function testACallThatASignalInterruptsNeverLeavesItsReplyToTheNext(string $client, bool $isTheCallers): void
    {
        $own = $this->service($client);
        if ($isTheCallers) {
            $given = $client === 'predis' ? new Client(['host' => $this->host, 'port' => $this->port]) : new \Redis();
            $given instanceof \Redis && $given->connect($this->host, $this->port, 2.0, null, 0, 2.0);
            $own = new RedisWebToken(['redis' => $given]);
        }
        pcntl_async_signals(true);
        pcntl_signal(SIGUSR1, static fn () => throw new \DomainException('an alarm'));
        foreach ([[], ['subject' => '42']] as $params) {
            [$theirs, $mine] = [$own->sign('theirs', self::SECRET, $params), $own->sign('mine', self::SECRET)];
            $this->admin->rawCommand('CLIENT', 'PAUSE', '300', 'ALL');
            $alarm = proc_open(['sh', '-c', 'sleep 0.1; kill -USR1 ' . getmypid()], [], $pipes);
            self::assertIsResource($alarm);
            try {
                $own->verify($theirs, self::SECRET);
                self::fail('nothing was interrupted');
            } catch (\DomainException $alarmed) {
                self::assertSame('an alarm', $alarmed->getMessage());
            } finally {
                proc_close($alarm);
            }
            self::assertSame('mine', $own->verify($mine, self::SECRET));
        }
        pcntl_signal(SIGUSR1, SIG_DFL);
    }

    /** @dataProvider interrupted */
    public function testAfterAnOutageSessionsAreLookedForInTheSameDatabase(string $client, bool $isTheCallers): void
    {
        $where = ['host' => $this->host, 'port' => $this->port, 'database' => 3];
        $own = $this->service($client, ['database' => 3, 'timeout' => 0.2]);
        if ($isTheCallers) {
            $given = $client === 'predis' ? new Client($where + ['read_write_timeout' => 0.2]) : new \Redis();
            if ($given instanceof \Redis) {
                $given->connect($this->host, $this->port, 1.0, null, 0, 0.2);
                $given->select(3);
            }
            $own = new RedisWebToken(['redis' => $given]);
        }
        [$first, $second] = [$own->sign('first', self::SECRET), $own->sign('second', self::SECRET, ['subject' => '42'])];
        $this->admin->rawCommand('CLIENT', 'PAUSE', '500', 'ALL');
        self::assertContains(self::reasonOf(fn () => $own->verify($first, self::SECRET)), ['timeout', 'network']);
        $this->admin->ping(); // Answered once the pause is over.
        self::assertSame('second', $own->verify($second, self::SECRET));
        self::assertSame('first', $own->verify($first, self::SECRET));
        self::assertSame(0, $this->admin->dbSize());
        $this->admin->flushAll();
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
        foreach ([null, '42'] as $subject) {
            $token = $rwt->sign(1, self::SECRET, ['expire' => 60, 'subject' => $subject]);
            [$key] = $this->admin->keys('*:s:*');
            foreach (['verify', 'extend', 'session', 'rotate'] as $call) {
                self::assertNotEmpty($rwt->$call($token, self::SECRET));
                self::assertGreaterThan(55, $this->admin->ttl($key));
                self::assertLessThanOrEqual(60, $this->admin->ttl($key));
            }
            $rwt->update($token, self::SECRET, 2);
            $rwt->updateAll('42', self::SECRET, 3);
            $rwt->destroyAll('42', self::SECRET);
            foreach ($this->admin->keys('*') as $each) {
                self::assertGreaterThan(0, $this->admin->ttl($each), $each);
            }
            $this->admin->del($key);
            foreach (['verify', 'extend', 'rotate', 'destroy'] as $call) {
                self::assertEmpty($rwt->$call($token, self::SECRET));
            }
            self::assertFalse($rwt->update($token, self::SECRET, 4));
            self::assertSame([], $this->admin->keys('*:s:*'));
        }
    }

    public function testWhatIsNoClientIsRefused(): void
    {
        $this->expectException(InvalidOption::class);
        new RedisWebToken(['redis' => new \stdClass()]);
    }
}
