<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

/** One-time codes, which people type, through both clients. */
final class OnceCodeTest extends RedisTestCase
{
    /** @dataProvider clients */
    public function testAWrongGuessCountsAndTheLastOneEndsTheCode(string $client): void
    {
        $once = $this->links($client);
        $code = $once->issueCode('42', ['n' => 1], ['attempts' => 2]);
        self::assertMatchesRegularExpression('/^\d{6}$/D', $code);
        self::assertNull($once->consumeCode('42', self::wrong($code)));
        self::assertNull($once->consumeCode('43', $code), "another subject's");
        foreach ([null, 5, ['1'], '', '12345', "$code\n", " $code", '1234567890123', '١٢٣٤٥٦'] as $noGuess) {
            self::assertNull($once->consumeCode('42', $noGuess));
        }
        $found = $once->consumeCode('42', $code);
        self::assertSame([['n' => 1], '42'], [$found['data'] ?? null, $found['subject'] ?? null]);
        self::assertNull($once->consumeCode('42', $code));

        $code = $once->issueCode('42', null, ['attempts' => 2, 'digits' => 12]);
        self::assertSame(12, strlen($code));
        self::assertNull($once->consumeCode('42', self::wrong($code)));
        self::assertNull($once->consumeCode('42', self::wrong($code)));
        self::assertNull($once->consumeCode('42', $code));
        self::assertSame([], $this->admin->keys('*'));
    }

    public function testANewerCodeReplacesTheSubjectsOlderOne(): void
    {
        $once = $this->links('phpredis');
        $older = $once->issueCode('42', 'older', ['digits' => 12]);
        $newer = $once->issueCode('42', 'newer', ['digits' => 12]);
        self::assertNull($once->consumeCode('42', $older));
        self::assertSame('newer', $once->consumeCode('42', $newer)['data'] ?? null);
    }

    public function testEachDigitIsAsLikelyAsAnyOther(): void
    {
        $once = $this->links('phpredis');
        $digits = '';
        for ($i = 0; $i < 300; $i++) {
            $digits .= $once->issueCode('42', null, ['digits' => 12]);
        }
        foreach (count_chars($digits, 1) as $count) {
            // 360 of each: five standard deviations are 90.
            self::assertEqualsWithDelta(360, $count, 120);
        }
        self::assertCount(10, count_chars($digits, 1));
    }

    private static function wrong(string $code): string
    {
        return substr_replace($code, $code[0] === '0' ? '1' : '0', 0, 1);
    }
}
