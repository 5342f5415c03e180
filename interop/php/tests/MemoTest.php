<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Keys;
use RedisWebToken\Token;

/** A process memoizes the tokens that it has opened, and their keys, but never whether they are live. */
final class MemoTest extends RedisTestCase
{
    private const MOST = 16_384;

    public function testRedisIsAskedEachTimeWhetherAMemoizedTokenIsLive(): void
    {
        [$rwt, $other] = [$this->service('phpredis'), $this->service('predis')];
        $token = $rwt->sign(1, self::SECRET);
        self::assertSame(1, $rwt->verify($token, self::SECRET));
        self::assertTrue($other->update($token, self::SECRET, 2));
        self::assertSame(2, $rwt->verify($token, self::SECRET));
        self::assertTrue($other->destroy($token, self::SECRET));
        self::assertFalse($rwt->verify($token, self::SECRET));
    }

    public function testAMemoizedTokenPastItsDeadlineCostsNoCommand(): void
    {
        $rwt = $this->service('phpredis', ['port' => 1]);
        $token = Token::mint(Keys::of(self::SECRET), time(), 60, null)->text;
        for ($i = 0; $i < 2; $i++) {
            self::assertFalse($rwt->verify($token, self::SECRET));
        }
    }

    public function testAMemoizedTokenIsOpenedOnlyWithItsSecret(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET);
        self::assertSame(1, $rwt->verify($token, self::SECRET));
        self::assertFalse($rwt->verify($token, self::OLDER_SECRET));
        self::assertSame(1, $rwt->verify($token, [self::OLDER_SECRET, self::SECRET]));
    }

    /** @return array<string, array{?string}> */
    public static function subjects(): array
    {
        return ['without a subject' => [null], 'with a subject' => ['42']];
    }

    /** @dataProvider subjects */
    public function testTheMemoIsSmallAndBounded(?string $subject): void
    {
        $keys = Keys::of(self::SECRET);
        $person = $subject === null ? null : $keys->personOf($subject);
        [$least, $most] = [PHP_INT_MAX, 0];
        // Whatever is in it already, it gets full, and then full again.
        for ($i = 0; $i < 2 * self::MOST; $i++) {
            self::assertTrue(Token::open([$keys], Token::mint($keys, time() + $i, 3600, $person)->text) !== null);
            [$least, $most] = [min($least, memory_get_usage()), max($most, memory_get_usage())];
        }
        self::assertLessThanOrEqual(400 * self::MOST, $most - $least);
    }
}
