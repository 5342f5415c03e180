<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Config;
use RedisWebToken\Keys;
use RedisWebToken\Lines;
use RedisWebToken\Persons;
use RedisWebToken\Redis\Connection;
use RedisWebToken\Redis\PhpRedisConnection;
use RedisWebToken\Redis\Store;
use RedisWebToken\SessionList;
use RedisWebToken\Sessions;
use RedisWebToken\SignParams;
use RedisWebToken\Token;
use RedisWebToken\Verifier;

final class StoreTest extends RedisTestCase
{
    public function testAWriteThatAClientSentTwiceIsStillOne(): void
    {
        $twice = new class (new PhpRedisConnection($this->admin)) implements Connection {
            public function __construct(private readonly Connection $inner)
            {
            }

            public function send(string $key, array $args): mixed
            {
                if (in_array($args[0], ['SET', 'EVALSHA', 'EVAL'], true)) {
                    $this->inner->send($key, $args);
                }

                return $this->inner->send($key, $args);
            }

            public function sendAll(array $keys, array $commands): array
            {
                return $this->inner->sendAll($keys, $commands);
            }

            public function close(): void
            {
            }
        };
        $store = new Store($twice, null);
        [$lines, $keys] = [new Lines(false, true), Keys::of(self::SECRET)];
        $verifier = new Verifier($store, $lines, 'rwt:');
        $sessions = new Sessions($store, $lines, $verifier, 'rwt:');
        foreach ([null, '42'] as $subject) {
            $token = $sessions->sign([$keys], 'mine', self::signing($subject));
            self::assertSame('mine', $verifier->read([$keys], $token, false)?->data);
            $next = $sessions->rotate($token, 0, true);
            self::assertSame(1, $next?->generation);
            self::assertTrue($sessions->update([$keys], $next, 'new'));
            self::assertSame('new', $verifier->read([$keys], $next, true)?->data);
        }
        self::assertTrue((new Persons($store, $lines, 'rwt:'))->destroyAll([$keys], '42', null));
        self::assertNull($verifier->read([$keys], $next, false));
        foreach ($this->admin->keys('*') as $key) {
            self::assertGreaterThan(0, $this->admin->ttl($key));
        }
    }

    public function testAnErrorOfAnEarlierCommandIsNotTakenForThisOnes(): void
    {
        $this->admin->rawCommand('NOSUCHCOMMAND');
        self::assertIsString($this->admin->getLastError());
        self::assertNull((new Store(new PhpRedisConnection($this->admin), null))->send(['GET', 'missing']));
    }

    /** @dataProvider clients */
    public function testAForkedProcessHasAConnectionOfItsOwn(string $client): void
    {
        $store = $this->store($client);
        $id = $store->send(['CLIENT', 'ID']);
        $child = pcntl_fork();
        if ($child === 0) {
            $isOther = $store->send(['CLIENT', 'ID']) !== $id;
            // Without PHPUnit's own work at the end of a process.
            pcntl_exec('/bin/sh', ['-c', $isOther ? 'exit 0' : 'exit 1']);
        }
        pcntl_waitpid($child, $status);
        self::assertSame(0, pcntl_wexitstatus($status));
        self::assertSame($id, $store->send(['CLIENT', 'ID']));
    }

    /** @dataProvider clients */
    public function testAnyErrorOfSeveralCommandsIsAnOutage(string $client): void
    {
        $store = $this->store($client);
        $this->admin->set('key', 'mine', 60);
        $this->admin->hSet('hash', 'a', '1');
        self::assertSame([1, ['mine', null]], $store->sendAll(['key', 'missing'], [['EXPIRE', 'key', '60'], ['MGET', 'key', 'missing']]));
        foreach ([['GET', 'hash'], ['NOSUCHCOMMAND', 'key']] as $wrong) {
            self::assertSame('server', self::reasonOf(fn () => $store->sendAll(['key', 'hash'], [$wrong, ['GET', 'key']])));
            self::assertSame('server', self::reasonOf(fn () => $store->sendAll(['key', 'hash'], [['GET', 'key'], $wrong])));
            self::assertSame(['mine', 'mine'], $store->sendAll(['key'], [['GET', 'key'], ['GET', 'key']]));
        }
    }

    /** @dataProvider clients */
    public function testManyCommandsWaitNoLongerForRedisThanOne(string $client): void
    {
        $store = $this->store($client, 0.2);
        $store->connect();
        $this->admin->rawCommand('CLIENT', 'PAUSE', '700', 'ALL');
        $start = hrtime(true);
        self::assertSame('timeout', self::reasonOf(static fn () => $store->sendAll(['key'], array_fill(0, 101, ['PTTL', 'key']))));
        self::assertLessThan(0.5, (hrtime(true) - $start) / 1e9);
        $this->admin->ping(); // Answered once the pause is over.
        self::assertSame([-2, -2], $store->sendAll(['key'], [['PTTL', 'key'], ['PTTL', 'key']]));
    }

    /** @dataProvider clients */
    public function testAScriptIsSentWholeToAServerThatDoesNotKnowIt(string $client): void
    {
        $store = $this->store($client);
        foreach ([1, 2] as $_) {
            $this->admin->rawCommand('SCRIPT', 'FLUSH');
            self::assertSame(0, $store->run('destroy', ['{a}session', '{a}person', '{a}index'], ['member', '1']));
            self::assertSame(0, $store->run('destroy', ['{a}session', '{a}person', '{a}index'], ['member', '1']));
        }
    }

    /** @dataProvider clients */
    public function testAConnectionThatWasClosedWhileItLayIdleIsReplaced(string $client): void
    {
        $config = new Config(['redis' => ['host' => $this->host, 'port' => $this->port, 'client' => $client]]);
        $store = new Store($config->connection, $config->timeout, 0.0);
        $busy = new Store($config->connection, $config->timeout);
        $this->admin->set('key', 'mine', 60);
        $store->connect();
        $this->admin->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        self::assertSame('mine', $store->send(['GET', 'key']));
        $busy->connect();
        $this->admin->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        self::assertSame('network', self::reasonOf(fn () => $busy->send(['DEL', 'key'])), 'a command was sent twice');
        self::assertSame('mine', $busy->send(['GET', 'key']));
        $this->admin->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        self::assertSame('network', self::reasonOf(fn () => $busy->sendAll(['key'], [['DEL', 'key'], ['GET', 'key']])));
        self::assertSame(['mine'], $busy->sendAll(['key'], [['GET', 'key']]));
    }

    public function testALateReplyIsNeverTheAnswerToTheNextCommandOnACallersClientEither(): void
    {
        $client = new \Redis();
        $client->connect($this->host, $this->port, 1.0, null, 0, 0.3);
        $store = new Store(new PhpRedisConnection($client), null);
        $this->admin->set('alice', 'session of alice', 60);
        $this->admin->set('bob', 'session of bob', 60);
        $reads = [
            static fn (string $key): mixed => $store->send(['GET', $key]),
            static fn (string $key): mixed => $store->sendAll(['key', 'missing'], [['EXPIRE', $key, '60'], ['GET', $key]])[1],
        ];
        foreach ($reads as $read) {
            $this->admin->rawCommand('CLIENT', 'PAUSE', '700', 'ALL');
            self::assertContains(self::reasonOf(fn () => $read('alice')), ['timeout', 'network']);
            usleep(600_000);
            self::assertSame('session of bob', $read('bob'));
        }
    }

    /** @return array<string, array{mixed}> */
    public static function senseless(): array
    {
        return ['a list' => [['a']], 'a number beyond 2' => [3], 'true' => [true], 'text' => ['x'], 'nil' => [null], 'an outcome of no script' => [['x', 1]], 'a generation that no token holds' => [['rotated', 70_000]], 'members without scores' => [['full', ['a']]], 'a score that is no number' => [['a', 'b']]];
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

            public function sendAll(array $keys, array $commands): array
            {
                return array_fill(0, count($commands), $this->reply);
            }

            public function close(): void
            {
            }
        }, null);
        [$lines, $keys] = [new Lines(false, true), Keys::of(self::SECRET)];
        $verifier = new Verifier($store, $lines, 'rwt:');
        $sessions = new Sessions($store, $lines, $verifier, 'rwt:');
        $list = new SessionList($store, $lines, 'rwt:');
        $persons = new Persons($store, $lines, 'rwt:');
        $token = Token::mint($keys, time() + 60, 60, $keys->personOf('42'));
        $calls = [
            fn () => $verifier->read([$keys], $token, false),
            fn () => $verifier->read([$keys], $token, true),
            fn () => $sessions->extend($token),
            fn () => $sessions->destroy($token),
            fn () => $sessions->update([$keys], $token, 1),
            fn () => $sessions->rotate($token, 0, true),
            fn () => $sessions->sign([$keys], 1, self::signing('42')),
            fn () => $list->page([$keys], '42', 10, null, null),
            fn () => $persons->destroyAll([$keys], '42', null),
            fn () => $persons->updateAll([$keys], '42', 1),
        ];
        foreach ($calls as $call) {
            self::assertSame('reply', self::reasonOf($call));
        }
    }

    private static function signing(?string $subject): SignParams
    {
        return new SignParams(['subject' => $subject, 'expire' => 60, 'maxLifetime' => 60], new Config([]));
    }

    private function store(string $client, float $timeout = 2.0): Store
    {
        $config = new Config(['redis' => ['host' => $this->host, 'port' => $this->port, 'client' => $client, 'timeout' => $timeout]]);

        return new Store($config->connection, $config->timeout);
    }
}
