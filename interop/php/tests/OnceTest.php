<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\RwtException;
use RedisWebToken\Keys;
use RedisWebToken\Once;
use RedisWebToken\OnceToken;

/** One-time tokens and codes, through both clients. */
final class OnceTest extends RedisTestCase
{
    private const RING = [self::SECRET, self::OLDER_SECRET];

    protected function tearDown(): void
    {
        foreach ($this->admin->keys('*') as $key) {
            self::assertGreaterThan(0, $this->admin->ttl($key), 'a key without an expiry');
        }
    }

    /** @dataProvider clients */
    public function testATokenWorksOnce(string $client): void
    {
        $once = $this->links($client);
        foreach ([[], ['subject' => '42'], ['subject' => 'émilie', 'replaces' => true]] as $params) {
            $before = time();
            $token = $once->issue(['next' => '/inbox', 'list' => []], $params);
            self::assertMatchesRegularExpression('/^rwto_[\w-]{76}$/D', $token);
            $found = $once->peek($token);
            self::assertSame(['next' => '/inbox', 'list' => []], $found['data'] ?? null);
            self::assertSame($params['subject'] ?? null, $found['subject'] ?? null);
            self::assertContains($found['issuedAt'] ?? 0, [$before, $before + 1]);
            self::assertSame(60, ($found['expiresAt'] ?? 0) - ($found['issuedAt'] ?? 0));
            self::assertSame($found, $once->consume($token));
            self::assertNull($once->consume($token));
            self::assertNull($once->peek($token));
        }
        self::assertSame([], $this->admin->keys('*'));
    }

    /** @dataProvider clients */
    public function testANewerTokenReplacesTheSubjectsOlderOne(string $client): void
    {
        $once = $this->links($client);
        $plain = $once->issue('plain', ['subject' => '42']);
        $theirs = $once->issue('theirs', ['subject' => '43', 'replaces' => true]);
        $older = $once->issue('older', ['subject' => '42', 'replaces' => true]);
        $newer = $once->issue('newer', ['subject' => '42', 'replaces' => true, 'expire' => 10]);
        self::assertNull($once->peek($older));
        self::assertNull($once->consume($older));
        foreach (['newer' => $newer, 'plain' => $plain, 'theirs' => $theirs] as $data => $token) {
            self::assertSame($data, $once->consume($token)['data'] ?? null);
        }
    }

    /** @dataProvider clients */
    public function testRevokeAllEndsWhatASubjectHas(string $client): void
    {
        $once = $this->links($client);
        $token = $once->issue(1, ['subject' => '42', 'replaces' => true]);
        $plain = $once->issue(1, ['subject' => '42']);
        $code = $once->issueCode('42', 1);
        self::assertFalse($once->revokeAll('43'));
        self::assertTrue($once->revokeAll('42'));
        self::assertFalse($once->revokeAll('42'));
        self::assertNull($once->consume($token));
        self::assertNull($once->consumeCode('42', $code));
        self::assertSame(1, $once->consume($plain)['data'] ?? null);
    }

    public function testEachPurposeAndEachPrefixHasTokensOfItsOwn(): void
    {
        $once = $this->links('phpredis');
        $others = [
            'another purpose' => $this->links('phpredis', ['purpose' => 'others']),
            'another secret' => $this->links('phpredis', [], self::OLDER_SECRET),
            'another prefix' => new Once($this->service('phpredis', ['prefix' => 'app:']), self::SECRET, ['purpose' => 'tests', 'expire' => 60]),
        ];
        $rwt = $this->service('phpredis');
        foreach ($others as $why => $other) {
            $token = $once->issue(1, ['subject' => '42', 'replaces' => true]);
            $code = $once->issueCode('42', 1);
            self::assertNull($other->consume($token), $why);
            self::assertNull($other->consumeCode('42', $code), $why);
            self::assertFalse($other->revokeAll('42'), $why);
            self::assertNotNull($once->consumeCode('42', $code), $why);
            self::assertNotNull($once->consume($token), $why);
        }
        $session = $rwt->sign(1, self::SECRET, ['subject' => '42']);
        self::assertNull($once->consume($session));
        self::assertNull($once->consume('rwto_' . substr($session, 4)));
        $token = $once->issue(1);
        self::assertFalse($rwt->verify($token, self::SECRET));
        self::assertFalse($rwt->verify('rwt_' . substr($token, 5), self::SECRET));
        self::assertFalse($rwt->destroy('rwt_' . substr($token, 5), self::SECRET));
        self::assertNotNull($once->peek($token));
    }

    public function testWhatIsNoLiveTokenCostsNoCommand(): void
    {
        $once = $this->links('phpredis');
        $token = $once->issue(1);
        $keys = Keys::of(self::SECRET)->forPurpose('tests');
        $expired = OnceToken::make($keys, 'rwt:', time(), 60, null)->text;
        $forged = substr_replace($token, $token[40] === 'A' ? 'B' : 'A', 40, 1);
        $bad = [$expired, $forged, "$token\n", "$token=", strtoupper($token), 'rwt_' . substr($token, 5), 'rwto_', '', null, 5, ['a'], true];
        $before = $this->admin->info('commandstats');
        foreach ($bad as $text) {
            self::assertNull($once->peek($text));
            self::assertNull($once->consume($text));
        }
        self::assertNull($once->consumeCode('42', 'none'));
        $after = $this->admin->info('commandstats');
        foreach (['get', 'getdel', 'evalsha', 'eval'] as $command) {
            self::assertSame($before["cmdstat_$command"] ?? null, $after["cmdstat_$command"] ?? null);
        }
        self::assertNotNull($once->consume($token));
    }

    /** @dataProvider clients */
    public function testAnySecretOfTheListOpensAndOneTokenOfASubjectIsLeft(string $client): void
    {
        [$before, $both] = [$this->links($client, [], self::OLDER_SECRET), $this->links($client, [], self::RING)];
        $token = $before->issue(1);
        self::assertSame(1, $both->consume($token)['data'] ?? null);
        $code = $before->issueCode('42', 2);
        self::assertSame(2, $both->consumeCode('42', $code)['data'] ?? null);

        [$older, $olderCode] = [$before->issue(1, ['subject' => '42', 'replaces' => true]), $before->issueCode('42', 1, ['digits' => 12])];
        [$newer, $newerCode] = [$both->issue(2, ['subject' => '42', 'replaces' => true]), $both->issueCode('42', 2, ['digits' => 12])];
        self::assertNull($before->consume($older));
        self::assertNull($both->consumeCode('42', $olderCode));
        self::assertSame([2, 2], [$both->consume($newer)['data'] ?? null, $both->consumeCode('42', $newerCode)['data'] ?? null]);

        $token = $before->issue(1, ['subject' => '42', 'replaces' => true]);
        self::assertTrue($both->revokeAll('42'));
        self::assertNull($before->consume($token));
    }

    /** @dataProvider clients */
    public function testAValueOfAnotherVersionStaysAndGarbageIsNoAnswer(string $client): void
    {
        $once = $this->links($client);
        foreach ([false, true] as $replaces) {
            $token = $once->issue(1, ['subject' => '42', 'replaces' => $replaces]);
            $key = (string) $this->admin->keys('*')[0];
            $value = (string) $this->admin->get($key);
            $this->admin->set($key, '2 something newer', 60);
            self::assertNull($once->peek($token));
            if ($replaces) {
                self::assertNull($once->consume($token));
                self::assertSame('2 something newer', $this->admin->get($key));
            }
            [$header] = explode("\n", $value);
            foreach (['', 'OK', '1 x', 'null', $header, "$header\n[]", "$header\n{\"sub\":\"42\"}", "$header\n{\"sub\":1,\"data\":1}", substr($value, 0, -2)] as $garbage) {
                $this->admin->set($key, $garbage, 60);
                self::assertSame('reply', self::reasonOf(fn () => $once->peek($token)), $garbage);
            }
            $this->admin->set($key, 'OK', 60);
            self::assertSame('reply', self::reasonOf(fn () => $once->consume($token)));
            $this->admin->set($key, substr_replace($value, " more\n", 50, 1) . "\nmore", 60);
            self::assertSame(1, $once->consume($token)['data'] ?? null);
        }
    }

    /** @dataProvider clients */
    public function testAnOutageIsAnExceptionAndAForgeryIsStillNull(string $client): void
    {
        $out = new Once($this->service($client, ['port' => 1]), self::SECRET, ['purpose' => 'tests', 'expire' => 60]);
        $once = $this->links($client);
        [$token, $code] = [$once->issue(1), $once->issueCode('42', 1)];
        $calls = [
            fn () => $out->issue(1),
            fn () => $out->peek($token),
            fn () => $out->consume($token),
            fn () => $out->issueCode('42', 1),
            fn () => $out->consumeCode('42', $code),
            fn () => $out->revokeAll('42'),
        ];
        foreach ($calls as $call) {
            self::assertSame('network', self::reasonOf($call));
        }
        self::assertNull($out->consume('rwto_'));
        self::assertNull($out->consumeCode('42', 'none'));
        self::assertSame([1, 1], [$once->consume($token)['data'] ?? null, $once->consumeCode('42', $code)['data'] ?? null]);
    }

    public function testRedisHoldsNeitherTokensNorCodesAndNoDumpShowsASecret(): void
    {
        $once = $this->links('phpredis');
        [$token, $code] = [$once->issue('hunter2', ['subject' => '42', 'replaces' => true]), $once->issueCode('42', 1, ['digits' => 12])];
        foreach ($this->admin->keys('*') as $key) {
            $text = $key . $this->admin->get($key);
            self::assertStringNotContainsString($code, $text);
            for ($at = 5; $at + 8 <= strlen($token); $at++) {
                self::assertStringNotContainsString(substr($token, $at, 8), $text);
            }
        }
        self::assertSame(['tests', 60], [$once->purpose, $once->expire]);
        self::assertStringNotContainsString(self::SECRET, print_r($once, true));
        try {
            $once->issue(['hunter2' => NAN]);
            self::fail('NaN is not JSON');
        } catch (RwtException $error) {
            self::assertSame('ERR_RWT_DATA_NOT_JSON', $error->errorCode());
            self::assertStringNotContainsString('hunter2', (string) $error);
        }
    }

    public function testASecretThatIsNotSetIsRefused(): void
    {
        $this->expectException(InvalidOption::class);
        $this->links('phpredis', [], '');
    }
}
