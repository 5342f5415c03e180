<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Exception\RotationLimit;
use RedisWebToken\Exception\RwtException;
use RedisWebToken\Http\IncomingRequest;
use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\Keys;
use RedisWebToken\Token;

/** How a user signed in, and who acts as the user, through both clients. */
final class FactsTest extends RedisTestCase
{
    private const AUTH = ['at' => 1_700_000_000, 'amr' => ['pwd', 'otp'], 'acr' => '2'];
    private const ACT = ['sub' => 'support-7', 'act' => ['sub' => 'bot']];

    /** @dataProvider clients */
    public function testTheyLieInTheirLinesAndInTheSessionAndInTheList(string $client): void
    {
        $rwt = $this->service($client);
        $cases = [
            [[], '{}', []],
            [['auth' => self::AUTH], '{}', ['{"at":1700000000,"amr":["pwd","otp"],"acr":"2"}']],
            [['act' => self::ACT, 'meta' => []], '{"meta":{},"act":{"sub":"support-7","act":{"sub":"bot"}}}', []],
            [['auth' => ['at' => 0.0, 'amr' => []], 'act' => (object) ['sub' => 'ü']], '{"act":{"sub":"ü"}}', ['{"at":0,"amr":[]}']],
        ];
        foreach ($cases as [$params, $second, $fourth]) {
            $token = $rwt->sign(1, self::SECRET, $params);
            self::assertSame([$second, '1', ...$fourth], array_slice($this->linesOf($token), 1));
            $session = (array) $rwt->session($token, self::SECRET);
            self::assertEquals($params['auth'] ?? null, $session['auth']);
            self::assertSame(isset($params['act']) ? (array) $params['act'] : null, $session['act']);
        }
        $rwt->sign(1, self::SECRET, ['subject' => '42', 'auth' => self::AUTH, 'act' => self::ACT]);
        [$listed] = $rwt->list('42', self::SECRET)['sessions'];
        self::assertSame([self::AUTH, self::ACT], [$listed['auth'], $listed['act']]);
    }

    public function testJustNowIsTheDefaultAndAClockThatIsAheadCountsAsNow(): void
    {
        $rwt = $this->service('phpredis');
        foreach ([[], ['amr' => ['pwd']], ['at' => null], ['at' => time() + 50]] as $auth) {
            $before = time();
            $session = (array) $rwt->session($rwt->sign(1, self::SECRET, ['auth' => $auth]), self::SECRET);
            self::assertContains($session['auth']['at'], [$before, $before + 1]);
            self::assertSame($auth['amr'] ?? null, $session['auth']['amr'] ?? null);
        }
    }

    /** @dataProvider clients */
    public function testAStepUpReplacesHowTheUserSignedInAndNothingElse(string $client): void
    {
        $rwt = $this->service($client);
        foreach ([null, '42'] as $subject) {
            $params = ['subject' => $subject, 'meta' => ['device' => 'iPad'], 'act' => self::ACT, 'expire' => 100];
            foreach ([$params, $params + ['auth' => self::AUTH]] as $signing) {
                $token = $rwt->sign(['n' => 1], self::SECRET, $signing);
                $key = self::namesOf($token)->session;
                $this->admin->expire($key, 10);
                $before = (array) $rwt->session($token, self::SECRET);
                $fresh = (string) $rwt->reauthenticate($token, self::SECRET, ['amr' => ['hwk'], 'at' => 1_700_000_001]);
                self::assertGreaterThan(90, $this->admin->ttl($key));
                self::assertEquals(['auth' => ['at' => 1_700_000_001, 'amr' => ['hwk']]] + $before, $rwt->session($fresh, self::SECRET));
                self::assertSame($rwt->idOf($token, self::SECRET), $rwt->idOf($fresh, self::SECRET));
                self::assertFalse($rwt->verify($token, self::SECRET), 'the old token ends at once');
                self::assertNull($rwt->reauthenticate($token, self::SECRET, []));
                self::assertSame(['n' => 1], $rwt->verify($fresh, self::SECRET));
            }
        }
    }

    /** @dataProvider clients */
    public function testOnlyTheNewestTokenCanStepUpAndReuseOfAnOlderOneEndsTheSession(string $client): void
    {
        $rwt = $this->service($client);
        $first = $rwt->sign(1, self::SECRET, ['subject' => '42']);
        $second = (string) $rwt->rotate($first, self::SECRET, ['grace' => 60]);
        self::assertNull($rwt->reauthenticate($first, self::SECRET, []));
        self::assertNull($rwt->session($second, self::SECRET)['auth'] ?? null);
        $third = (string) $rwt->reauthenticate($second, self::SECRET, []);
        self::assertNull($rwt->rotate($second, self::SECRET));
        self::assertSame(1, $rwt->verify($third, self::SECRET));
        $this->endGrace($third);
        self::assertNull($rwt->reauthenticate($second, self::SECRET, []));
        self::assertFalse($rwt->verify($third, self::SECRET));
    }

    public function testNothingStepsUpAnEndedSessionAndNothingBringsItBack(): void
    {
        $rwt = $this->service('phpredis');
        $ends = [
            fn (string $token) => $rwt->destroy($token, self::SECRET),
            fn () => $rwt->destroyAll('42', self::SECRET),
            fn () => $this->admin->flushAll(),
        ];
        foreach ($ends as $end) {
            $token = $rwt->sign(1, self::SECRET, ['subject' => '42']);
            $end($token);
            self::assertNull($rwt->reauthenticate($token, self::SECRET, []));
            self::assertFalse($rwt->verify($token, self::SECRET));
        }
        foreach ([null, '', 'rwt_x', 5, ['a'], true] as $noToken) {
            self::assertNull($rwt->reauthenticate($noToken, self::SECRET, []));
        }
    }

    public function testASessionRotatedAsOftenAsCanBeIsRefusedAndKeepsItsLine(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET, ['auth' => self::AUTH]);
        $key = self::namesOf($token)->session;
        $this->admin->setRange($key, 25, '65535');
        $before = $this->admin->get($key);
        $last = Token::open([Keys::of(self::SECRET)], $token)?->atGeneration(65_535)->text ?? '';
        try {
            $rwt->reauthenticate($last, self::SECRET, []);
            self::fail('it was rotated');
        } catch (RotationLimit) {
            self::assertSame($before, $this->admin->get($key));
        }
    }

    /** @dataProvider clients */
    public function testEncryptedLine4IsBoundToItsPlaceAndStaysEncryptedWhoeverReplacesIt(string $client): void
    {
        $plain = $this->service($client);
        $sealing = $this->service($client, [], ['encrypt' => true]);
        $strict = $this->service($client, [], ['encrypt' => true, 'acceptPlain' => false]);
        $token = $strict->sign(1, self::SECRET, ['auth' => self::AUTH, 'act' => self::ACT]);
        $bare = $strict->sign(1, self::SECRET);
        self::assertSame([self::AUTH, self::ACT], [$strict->session($token, self::SECRET)['auth'] ?? null, $strict->session($token, self::SECRET)['act'] ?? null]);
        foreach ([$token, $bare] as $each) {
            $rotated = (string) $plain->reauthenticate($each, self::SECRET, ['amr' => ['otp']]);
            self::assertSame(['otp'], $strict->session($rotated, self::SECRET)['auth']['amr'] ?? null);
            $fresh = (string) $strict->reauthenticate($rotated, self::SECRET, ['amr' => ['hwk']]);
            self::assertSame(['hwk'], $strict->session($fresh, self::SECRET)['auth']['amr'] ?? null);
        }
        $key = self::namesOf($token)->session;
        [$header, $facts, $data, $auth] = $this->linesOf($token);
        foreach ([$facts, $data, $auth] as $line) {
            self::assertMatchesRegularExpression('/^e1\.[\w-]{38,}$/D', $line);
        }
        $token = Token::open([Keys::of(self::SECRET)], $token)?->atGeneration(2)->text;
        foreach ([$facts, $data, $this->linesOf($bare)[3], 'e1.AAAA'] as $wrong) {
            $this->admin->set($key, implode("\n", [$header, $facts, $data, $wrong]), 60);
            self::assertFalse($sealing->verify($token, self::SECRET));
        }
        $this->admin->set($key, implode("\n", [$header, $facts, $data]), 60);
        self::assertSame([1, null], [$strict->verify($token, self::SECRET), $strict->session($token, self::SECRET)['auth'] ?? null]);
        $this->admin->set($key, implode("\n", [$header, $facts, $data, '{"at":1}']), 60);
        self::assertSame([false, ['at' => 1]], [$strict->verify($token, self::SECRET), $sealing->session($token, self::SECRET)['auth'] ?? null]);
    }

    public function testALine4OfAnotherShapeProvesNothing(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET, ['subject' => '42', 'auth' => self::AUTH]);
        [$header, $facts, $data] = $this->linesOf($token);
        $lines = ['[]', '{"amr":["pwd"]}', '{"at":"1"}', '{"at":1.5}', '{"at":1e300}', '{"at":1,"amr":{"0":"pwd"}}', '{"at":1,"amr":{}}', '{"at":1,"amr":[1]}', '{"at":1,"acr":1}', '{"at":1,"acr":null}', 'later', ''];
        foreach ($lines as $line) {
            $this->admin->set(self::namesOf($token)->session, "$header\n$facts\n$data\n$line\nlater", 60);
            $session = (array) $rwt->session($token, self::SECRET);
            self::assertSame([1, null], [$session['data'], $session['auth']], $line);
            self::assertNull($rwt->list('42', self::SECRET)['sessions'][0]['auth']);
        }
        $this->admin->set(self::namesOf($token)->session, "$header\n$facts\n$data\n{\"at\":17e8,\"later\":1}", 60);
        self::assertSame(['at' => 1_700_000_000], $rwt->session($token, self::SECRET)['auth'] ?? null);
    }

    public function testNobodyActsUnnamed(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET);
        [$header, , $data] = $this->linesOf($token);
        foreach (['1', '{}', '{"sub":1}', '{"sub":""}', 'null', '[]', '["sub"]', '"support-7"'] as $act) {
            $this->admin->set(self::namesOf($token)->session, "$header\n{\"act\":$act}\n$data", 60);
            self::assertNull($rwt->session($token, self::SECRET), $act);
        }
    }

    public function testASignInTakesThemToo(): void
    {
        $auth = new RequestAuth($this->service('phpredis'), self::SECRET);
        $request = new IncomingRequest('POST', '/login', []);
        self::assertNotInstanceOf(Refusal::class, $auth->signIn($request, 1, ['auth' => self::AUTH, 'act' => self::ACT]));
        $session = $auth->authenticate($request);
        self::assertIsArray($session);
        self::assertSame([self::AUTH, self::ACT], [$session['auth'], $session['act']]);
    }

    public function testNoErrorShowsWhoActs(): void
    {
        foreach ([['sub' => ''], ['sub' => 'x', 'hunter2' => NAN], ['sub' => str_repeat('hunter2', 200)]] as $act) {
            try {
                $this->service('phpredis')->sign(1, self::SECRET, ['act' => $act]);
                self::fail('it was signed');
            } catch (RwtException $error) {
                self::assertStringNotContainsString('hunter2', (string) $error);
            }
        }
    }

    /** @return list<string> */
    private function linesOf(string $token): array
    {
        return explode("\n", (string) $this->admin->get(self::namesOf($token)->session));
    }
}
