<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\RotationLimit;
use RedisWebToken\Keys;
use RedisWebToken\Token;

/** What changes sessions, through both clients. */
final class SessionsTest extends RedisTestCase
{
    /** @dataProvider clients */
    public function testUpdateReplacesTheDataAndNothingElse(string $client): void
    {
        $rwt = $this->service($client);
        $token = $rwt->sign(['n' => 1], self::SECRET, ['subject' => '42', 'meta' => ['device' => 'iPad']]);
        $before = $rwt->session($token, self::SECRET);
        self::assertTrue($rwt->update($token, self::SECRET, ['n' => 2]));
        self::assertSame(['data' => ['n' => 2]] + (array) $before, $rwt->session($token, self::SECRET));
        self::assertTrue($rwt->update($token, self::SECRET, static fn (array $data): array => ['n' => $data['n'] + 1]));
        self::assertSame(['n' => 3], $rwt->verify($token, self::SECRET));
    }

    /** Another version of the library may write further lines, and more behind the header. @dataProvider clients */
    public function testFurtherLinesAreIgnoredByReadersAndKeptByWriters(string $client): void
    {
        $rwt = $this->service($client);
        foreach ([null, '42'] as $subject) {
            $token = $rwt->sign(['n' => 1], self::SECRET, ['subject' => $subject]);
            $key = self::namesOf($token)->session;
            [$header, $facts, $data] = explode("\n", (string) $this->admin->get($key));
            $facts = substr($facts, 0, -1) . ($facts === '{}' ? '' : ',') . '"act":{"sub":"7"}}';
            $this->admin->set($key, "$header more\n$facts\n$data\n{\"at\":1795000000,\"amr\":[\"pwd\"]}\nlater", 60);
            self::assertSame(['n' => 1], $rwt->verify($token, self::SECRET));
            self::assertTrue($rwt->update($token, self::SECRET, static fn (array $data): array => ['n' => $data['n'] + 1]));
            $token = (string) $rwt->rotate($token, self::SECRET);
            self::assertTrue($rwt->extend($token, self::SECRET));
            self::assertSame(['n' => 2], $rwt->verify($token, self::SECRET));
            $value = (string) $this->admin->get($key);
            self::assertMatchesRegularExpression('/^1 [^\n]{70} more\n/', $value);
            self::assertStringEndsWith("\n$facts\n{\"n\":2}\n{\"at\":1795000000,\"amr\":[\"pwd\"]}\nlater", $value);
        }
    }

    /** @dataProvider clients */
    public function testAnUpdateByAFunctionLosesNoChangeOfOthers(string $client): void
    {
        [$rwt, $other] = [$this->service($client), $this->service($client)];
        foreach ([null, '42'] as $subject) {
            $token = $rwt->sign(['a' => 0, 'b' => 0], self::SECRET, ['subject' => $subject]);
            $calls = 0;
            $rwt->update($token, self::SECRET, static function (array $data) use ($other, $token, &$calls): array {
                if (++$calls <= 3) {
                    $other->update($token, self::SECRET, ['b' => $calls] + $data);
                }

                return ['a' => $data['a'] + 1] + $data;
            });
            self::assertSame(4, $calls);
            self::assertSame(['a' => 1, 'b' => 3], $rwt->verify($token, self::SECRET));
        }
        $token = $rwt->sign('admin', self::SECRET, ['subject' => '42']);
        $rwt->update($token, self::SECRET, static function (string $role) use ($other): string {
            if ($role === 'admin') {
                $other->updateAll('42', self::SECRET, 'user');
            }

            return "$role still";
        });
        self::assertSame('user still', $rwt->verify($token, self::SECRET));
    }

    public function testAnUpdateByAFunctionKeepsTheObjectsOfOtherLanguages(): void
    {
        $rwt = $this->service('phpredis');
        $json = '{"n":1,"empty":{},"list":[],"names":{"0":"a","1":"b"},"deep":[{"a":{}},[]],"gone":{"a":1},"other":{"a":1},"filled":{}}';
        $token = $rwt->sign(json_decode($json), self::SECRET);
        self::assertTrue($rwt->update($token, self::SECRET, static function (array $data): array {
            unset($data['gone']['a']);
            $data['names'][] = 'c';

            return ['n' => 2, 'other' => ['x', 'y'], 'filled' => ['x'], 'new' => []] + $data;
        }));
        $stored = explode("\n", (string) $this->admin->get(self::namesOf($token)->session))[2];
        $expected = '{"n":2,"other":["x","y"],"filled":["x"],"new":[],"empty":{},"list":[],"names":{"0":"a","1":"b","2":"c"},"deep":[{"a":{}},[]],"gone":{}}';
        self::assertSame($expected, $stored);
        $empty = $rwt->sign(new \stdClass(), self::SECRET);
        self::assertTrue($rwt->update($empty, self::SECRET, static fn (array $data): array => $data));
        self::assertStringEndsWith("\n{}\n{}", (string) $this->admin->get(self::namesOf($empty)->session));
    }

    /** @dataProvider clients */
    public function testUpdateAllReachesEverySessionAndALaterUpdateHolds(string $client): void
    {
        $rwt = $this->service($client);
        $tokens = array_map(fn (int $n): string => $rwt->sign($n, self::SECRET, ['subject' => '42']), [1, 2, 3]);
        $other = $rwt->sign('other', self::SECRET, ['subject' => '43']);
        self::assertTrue($rwt->updateAll('42', self::SECRET, 'all'));
        self::assertFalse($rwt->updateAll('nobody', self::SECRET, 'all'));
        self::assertTrue($rwt->update($tokens[0], self::SECRET, 'own'));
        $tokens[] = $rwt->sign('later', self::SECRET, ['subject' => '42']);
        $tokens[1] = (string) $rwt->rotate($tokens[1], self::SECRET);
        $verify = fn (string $token): mixed => $rwt->verify($token, self::SECRET);
        self::assertSame(['own', 'all', 'all', 'later'], array_map($verify, $tokens));
        self::assertTrue($rwt->updateAll('42', self::SECRET, 'again'));
        self::assertSame(['again', 'again', 'again', 'again'], array_map($verify, $tokens));
        self::assertSame('other', $verify($other));
    }

    /** @dataProvider clients */
    public function testDestroyAllEndsEverySessionButOne(string $client): void
    {
        $rwt = $this->service($client);
        [$one, $two, $own] = array_map(fn (int $n): string => $rwt->sign($n, self::SECRET, ['subject' => '42']), [1, 2, 3]);
        $other = $rwt->sign('other', self::SECRET, ['subject' => '43']);
        $rwt->updateAll('42', self::SECRET, 'all');
        $before = $own;
        $own = (string) $rwt->rotate($own, self::SECRET, ['grace' => 60]);
        self::assertTrue($rwt->destroyAll('42', self::SECRET, ['except' => $before]));
        self::assertSame([false, false, 'all', 'other'], array_map(fn (string $token): mixed => $rwt->verify($token, self::SECRET), [$one, $two, $own, $other]));
        self::assertCount(1, $rwt->list('42', self::SECRET)['sessions']);
        self::assertSame(1, $this->admin->zCard((string) self::namesOf($own)->person?->index));
        self::assertTrue($rwt->destroyAll('42', self::SECRET, ['except' => $other]), 'a token of another person spares nothing');
        self::assertFalse($rwt->verify($own, self::SECRET));
        self::assertFalse($rwt->destroyAll('nobody', self::SECRET));
        self::assertSame(4, $rwt->verify($rwt->sign(4, self::SECRET, ['subject' => '42']), self::SECRET));
    }

    public function testEndingAndChangingAllReachesTheSessionsOfEverySecret(): void
    {
        $rwt = $this->service('phpredis');
        $both = [self::SECRET, self::OLDER_SECRET];
        $new = $rwt->sign(1, self::SECRET, ['subject' => '42']);
        $old = $rwt->sign(2, self::OLDER_SECRET, ['subject' => '42']);
        self::assertTrue($rwt->updateAll('42', $both, 3));
        self::assertSame([3, 3], [$rwt->verify($new, $both), $rwt->verify($old, $both)]);
        self::assertCount(1, $rwt->list('42', $both)['sessions']);
        self::assertTrue($rwt->destroyAll('42', $both, ['except' => $old]));
        self::assertSame([false, 3], [$rwt->verify($new, $both), $rwt->verify($old, $both)]);
        self::assertTrue($rwt->destroyById('42', $both, (string) $rwt->idOf($old, $both)));
        self::assertFalse($rwt->verify($old, $both));
    }

    public function testDestroyAllCleansTheIndex(): void
    {
        $rwt = $this->service('phpredis');
        for ($i = 0; $i < 250; $i++) {
            $token = $rwt->sign($i, self::SECRET, ['subject' => '42']);
        }
        $own = $rwt->sign('own', self::SECRET, ['subject' => '42']);
        $rwt->destroyAll('42', self::SECRET, ['except' => $own]);
        self::assertSame([self::namesOf($own)->member], $this->admin->zRange((string) self::namesOf($own)->person?->index, 0, -1));
        self::assertSame(1, count($this->admin->keys('*:s:*')));
    }

    public function testSignDropsAFewMembersWhoseSessionsAreGone(): void
    {
        $rwt = $this->service('phpredis');
        for ($i = 0; $i < 60; $i++) {
            $token = $rwt->sign($i, self::SECRET, ['subject' => '42']);
            $this->admin->del(self::namesOf($token)->session);
        }
        self::assertLessThan(25, $this->admin->zCard((string) self::namesOf($token)->person?->index));
    }

    /** @dataProvider clients */
    public function testParallelAndRepeatedRotationsReturnOneToken(string $client): void
    {
        $rwt = $this->service($client);
        $old = $rwt->sign(1, self::SECRET, ['subject' => '42', 'expire' => 100]);
        $this->admin->expire(self::namesOf($old)->session, 10);
        $new = (string) $rwt->rotate($old, self::SECRET);
        self::assertGreaterThan(90, $this->admin->ttl(self::namesOf($old)->session));
        self::assertSame(self::namesOf($old)->session, self::namesOf($new)->session);
        self::assertSame($rwt->idOf($old, self::SECRET), $rwt->idOf($new, self::SECRET));
        self::assertSame(1, $rwt->verify($new, self::SECRET));
        self::assertSame($new, $rwt->rotate($old, self::SECRET));
        self::assertNotSame($new, $rwt->rotate($new, self::SECRET));
        self::assertTrue($rwt->destroy($old, self::SECRET), 'any generation ends the session');
        self::assertNull($rwt->rotate($new, self::SECRET));
    }

    public function testWithoutRetryTheOldTokenDiesAtOnce(): void
    {
        $rwt = $this->service('phpredis');
        $old = $rwt->sign(1, self::SECRET);
        $new = (string) $rwt->rotate($old, self::SECRET, ['retry' => false]);
        self::assertFalse($rwt->verify($old, self::SECRET));
        self::assertNull($rwt->rotate($old, self::SECRET));
        self::assertNull($rwt->rotate($old, self::SECRET, ['retry' => false]));
        self::assertSame(1, $rwt->verify($new, self::SECRET));
    }

    public function testTheLastGenerationCannotBeRotated(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET);
        $last = Token::open([Keys::of(self::SECRET)], $token)?->atGeneration(65_535)->text ?? '';
        self::assertSame(1, $rwt->verify($last, self::SECRET));
        try {
            $rwt->rotate($last, self::SECRET);
            self::fail('it was rotated');
        } catch (RotationLimit $limit) {
            self::assertSame('ERR_RWT_ROTATION_LIMIT', $limit->errorCode());
        }
        self::assertSame(1, $rwt->verify($last, self::SECRET));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function wrongRotations(): array
    {
        return ['grace' => [['grace' => 3601]], 'grace of text' => [['grace' => '1']], 'retry' => [['retry' => 0]], 'both' => [['retry' => false, 'grace' => 1]], 'a typing error' => [['graze' => 1]]];
    }

    /**
     * @dataProvider wrongRotations
     *
     * @param array<string, mixed> $params
     */
    public function testRotateRefusesWhatIsNotAllowed(array $params): void
    {
        $this->expectException(InvalidOption::class);
        $this->service('phpredis')->rotate('', self::SECRET, $params);
    }
}
