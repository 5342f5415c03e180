<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\RwtException;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\RedisWebToken;

final class ErrorsTest extends RedisTestCase
{
    /** @dataProvider clients */
    public function testAnOutageShowsNoSecretNoTokenNoKeyAndNoData(string $client): void
    {
        $token = $this->service($client)->sign(['name' => 'data of a user'], self::SECRET, ['subject' => 'a user']);
        $key = self::namesOf($token)->session;
        $out = $this->service($client, ['port' => 1, 'password' => 'the password of Redis', 'timeout' => 0.5]);
        $calls = [
            fn () => $out->verify($token, self::SECRET),
            fn () => $out->destroy($token, self::SECRET),
            fn () => $out->sign(['name' => 'data of a user'], self::SECRET, ['subject' => 'the id of a user']),
            fn () => $out->update($token, self::SECRET, 'data of a user'),
            fn () => $out->updateAll('the id of a user', self::SECRET, 'data of a user'),
            fn () => $out->destroyAll('the id of a user', self::SECRET, ['except' => $token]),
            fn () => $out->rotate($token, self::SECRET),
            fn () => $out->reauthenticate($token, self::SECRET, ['acr' => 'data of a user']),
            fn () => $out->sign(1, self::SECRET, ['auth' => ['acr' => 'data of a user'], 'act' => ['sub' => 'the id of a user']]),
            fn () => $out->list('the id of a user', self::SECRET),
            fn () => $out->connect(),
        ];
        foreach ($calls as $call) {
            $error = self::thrownBy($call);
            self::assertInstanceOf(StoreUnavailable::class, $error);
            self::assertSame('network', $error->reason());
            self::assertSame('ERR_RWT_STORE_UNAVAILABLE', $error->errorCode());
            self::assertNull($error->getPrevious());
            self::assertShowsNone([$token, substr($token, 4, 30), $key, self::SECRET, 'data of a user', 'the id of a user'], $error, $out);
        }
    }

    /** @dataProvider clients */
    public function testAnErrorThatRedisOrAScriptRepliesShowsNothingEither(string $client): void
    {
        $rwt = $this->service($client, [], ['custom' => ['verifyExtendsToken' => true]]);
        $token = $rwt->sign('data of a user', self::SECRET, ['subject' => '42']);
        $names = self::namesOf($token);
        $value = (string) $this->admin->get($names->session);
        $hidden = [$token, $names->session, $names->member, self::SECRET, 'data of a user'];
        $this->admin->set((string) $names->person?->person, 'no person', 60);
        foreach (['verify', 'extend', 'rotate', 'destroy'] as $call) {
            $error = self::thrownBy(fn () => $rwt->$call($token, self::SECRET));
            self::assertInstanceOf(StoreUnavailable::class, $error);
            self::assertSame('reply', $error->reason());
            self::assertShowsNone($hidden, $error, $rwt);
        }
        $this->admin->set($names->session, substr($value, 0, 72) . "\n{}\n{ data of a user", 60);
        $this->admin->del((string) $names->person?->person);
        $this->admin->hSet((string) $names->person?->person, 'a', '1');
        foreach ([fn () => $rwt->sign('data of a user', self::SECRET, ['subject' => '42']), fn () => $rwt->updateAll('42', self::SECRET, 'data of a user')] as $call) {
            self::assertShowsNone($hidden, self::thrownBy($call), $rwt);
        }
        $call = fn () => $rwt->verify($token, [self::SECRET, '']);
        self::assertShowsNone($hidden, self::thrownBy($call), $rwt);
    }

    /** @dataProvider clients */
    public function testAnErrorReplyIsAnOutageNotANull(string $client): void
    {
        $rwt = $this->service($client);
        $token = $rwt->sign(1, self::SECRET);
        [$key] = $this->admin->keys('*');
        $this->admin->del($key);
        $this->admin->hSet($key, 'a', '1');
        $error = self::thrownBy(fn () => $rwt->extend($token, self::SECRET));
        self::assertInstanceOf(StoreUnavailable::class, $error);
        self::assertSame('server', $error->reason());
        $this->admin->del($key);
        // And the connection goes on working.
        self::assertFalse($rwt->verify($token, self::SECRET));
    }

    /** @return array<string, array{mixed}> */
    public static function notJson(): array
    {
        return ['NAN' => [NAN], 'INF' => [[1, INF]], 'not UTF-8' => ["\xff"], 'a resource' => [fopen('php://memory', 'r')], 'beyond 2^53' => [['id' => 2 ** 53 + 1]], 'in an object' => [(object) ['id' => PHP_INT_MAX]]];
    }

    /** @dataProvider notJson */
    public function testDataThatIsNoJsonIsRefused(mixed $data): void
    {
        $this->expectException(DataNotJson::class);
        $this->service('phpredis')->sign($data, self::SECRET);
    }

    public function testAnIntegerThatOtherLanguagesReadAsAnotherIsRefusedAndLongTextIsNot(): void
    {
        $rwt = $this->service('phpredis');
        // Two large ones as JavaScript has them: exactly, and as it writes 2 ** 60.
        foreach ([2 ** 53, -2 ** 53, 1e300, PHP_INT_MIN, 1_152_921_504_606_847_000, (string) PHP_INT_MAX, [(string) PHP_INT_MAX => 'a long name']] as $data) {
            self::assertSame($data, $rwt->verify($rwt->sign($data, self::SECRET), self::SECRET));
        }
        $this->expectExceptionMessage("data must be JSON, but at depth 2 holds an integer beyond 2^53: use text, since other languages can't read it exactly");
        $rwt->sign(['ids' => [1, 2 ** 53 + 1]], self::SECRET);
    }

    public function testAnObjectThatJsonWouldLoseIsRefusedAndOneWithPublicPropertiesIsNot(): void
    {
        $rwt = $this->service('phpredis');
        $user = new class {
            public string $name = 'Ada';
        };
        self::assertSame([['name' => 'Ada'], []], $rwt->verify($rwt->sign([$user, new \stdClass()], self::SECRET), self::SECRET));
        $token = $rwt->sign('kept', self::SECRET);
        $hidden = new class {
            public function change(mixed $data): mixed
            {
                return $data;
            }
        };
        // Of the callables, only a Closure is a function.
        foreach ([[$hidden, 'change'], ['a' => (object) ['b' => static fn (): int => 1]]] as $data) {
            $error = self::thrownBy(static fn () => $rwt->update($token, self::SECRET, $data));
            self::assertStringContainsString('holds an object of a class without public properties', $error->getMessage());
        }
        self::assertSame('kept', $rwt->verify($token, self::SECRET));
    }

    public function testDigitsOfFloatsSurviveAnyPhpIni(): void
    {
        $before = ini_set('serialize_precision', '3');
        try {
            $rwt = $this->service('phpredis');
            self::assertSame(0.123456789012345, $rwt->verify($rwt->sign(0.123456789012345, self::SECRET), self::SECRET));
            self::assertSame('3', ini_get('serialize_precision'));
        } finally {
            ini_set('serialize_precision', (string) $before);
        }
    }

    public function testAShortSecretWorksAndIsToldOnce(): void
    {
        $told = [];
        set_error_handler(static function (int $level, string $message) use (&$told): bool {
            $told[] = [$level, $message];

            return true;
        });
        try {
            $rwt = $this->service('phpredis');
            self::assertSame(1, $rwt->verify($rwt->sign(1, 'az3rty!'), 'az3rty!'));
            $this->service('phpredis')->sign(1, 'also short');
        } finally {
            restore_error_handler();
        }
        self::assertCount(1, $told);
        self::assertSame(E_USER_DEPRECATED, $told[0][0]);
        self::assertStringContainsString('openssl rand -base64 32', $told[0][1]);
        self::assertStringNotContainsString('az3rty', $told[0][1]);
    }

    public function testAHostThatIsNotSetIsAMistakeForEachClient(): void
    {
        foreach (['phpredis', 'predis'] as $client) {
            $error = self::thrownBy(static fn () => (new RedisWebToken(['redis' => ['host' => null, 'client' => $client]]))->connect());
            self::assertSame('redis.host must be text, not null', $error->getMessage());
        }
    }

    public function testAnUnknownNameThatMayBeASecretIsNotShown(): void
    {
        $error = self::thrownBy(static fn () => new RedisWebToken(['a secret: in the wrong place' => 1]));
        self::assertInstanceOf(InvalidOption::class, $error);
        self::assertStringNotContainsString('secret:', $error->getMessage());
        self::assertSame('ERR_RWT_OPTION_UNKNOWN', $error->errorCode());
    }

    /** @param list<string> $hidden */
    private static function assertShowsNone(array $hidden, RwtException $error, RedisWebToken $rwt): void
    {
        $fromTests = static fn (array $frame): bool => str_contains($frame['class'] ?? '', '\\Tests\\') || str_starts_with($frame['class'] ?? '', 'PHPUnit\\');
        $trace = array_filter($error->getTrace(), static fn (array $frame): bool => !$fromTests($frame));
        $shown = $error->getMessage() . $error->getTraceAsString() . print_r($trace, true) . print_r($rwt, true);
        foreach ($hidden as $each) {
            self::assertFalse(str_contains($shown, $each), "$each is shown");
        }
    }

    private static function thrownBy(\Closure $call): RwtException
    {
        try {
            $call();
        } catch (RwtException $error) {
            return $error;
        }
        self::fail('nothing was thrown');
    }
}
