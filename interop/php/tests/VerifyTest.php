<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

/** The rules by which a token is live. */
final class VerifyTest extends RedisTestCase
{
    /** @return array<string, array{?string}> */
    public static function subjects(): array
    {
        return ['without a subject' => [null], 'with a subject' => ['émilie']];
    }

    public function testASessionEndsWithItsPersonsKey(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET, ['subject' => '42']);
        $this->admin->del((string) self::namesOf($token)->person?->person);
        self::assertFalse($rwt->verify($token, self::SECRET));
        self::assertSame(2, $rwt->verify($rwt->sign(2, self::SECRET, ['subject' => '42']), self::SECRET));
        self::assertFalse($rwt->verify($token, self::SECRET));
        self::assertFalse($rwt->extend($token, self::SECRET));
        self::assertNull($rwt->rotate($token, self::SECRET));
        self::assertFalse($rwt->update($token, self::SECRET, 3));
        self::assertFalse($rwt->destroy($token, self::SECRET));
    }

    public function testElevenDashesStandExactlyWhereThereIsNoPerson(): void
    {
        $rwt = $this->service('phpredis');
        [$alone, $of] = [$rwt->sign(1, self::SECRET), $rwt->sign(1, self::SECRET, ['subject' => '42'])];
        $this->admin->setRange(self::namesOf($alone)->session, 13, 'AAAAAAAAAAA');
        self::assertFalse($rwt->verify($alone, self::SECRET));
        $this->admin->setRange(self::namesOf($of)->session, 13, '-----------');
        $this->admin->setRange((string) self::namesOf($of)->person?->person, 2, '-----------');
        self::assertFalse($rwt->verify($of, self::SECRET));
    }

    /** @dataProvider subjects */
    public function testATokenLivesUntilItsSuccessorIsUsed(?string $subject): void
    {
        $rwt = $this->service('phpredis');
        $old = $rwt->sign(1, self::SECRET, ['subject' => $subject]);
        $new = (string) $rwt->rotate($old, self::SECRET);
        $this->endGrace($old);
        self::assertSame(1, $rwt->verify($old, self::SECRET));
        self::assertSame($new, $rwt->rotate($old, self::SECRET));
        self::assertSame(1, $rwt->verify($new, self::SECRET));
    }

    /** @dataProvider subjects */
    public function testAStragglerIsTurnedAwayAndEndsNothing(?string $subject): void
    {
        $rwt = $this->service('phpredis');
        $old = $rwt->sign(1, self::SECRET, ['subject' => $subject]);
        $new = (string) $rwt->rotate($old, self::SECRET);
        self::assertSame(1, $rwt->verify($new, self::SECRET));
        self::assertFalse($rwt->verify($old, self::SECRET));
        self::assertFalse($rwt->extend($old, self::SECRET));
        self::assertFalse($rwt->update($old, self::SECRET, 2));
        self::assertSame(1, $rwt->verify($new, self::SECRET));
    }

    /** @dataProvider subjects */
    public function testATokenLivesForItsGrace(?string $subject): void
    {
        $rwt = $this->service('phpredis');
        $old = $rwt->sign(1, self::SECRET, ['subject' => $subject]);
        $new = (string) $rwt->rotate($old, self::SECRET, ['grace' => 60]);
        self::assertSame([1, 1, 1], [$rwt->verify($new, self::SECRET), $rwt->verify($old, self::SECRET), $rwt->verify($new, self::SECRET)]);
        self::assertTrue($rwt->extend($old, self::SECRET));
        self::assertTrue($rwt->update($old, self::SECRET, 2));
        self::assertSame(2, $rwt->verify($new, self::SECRET));
    }

    /** @dataProvider subjects */
    public function testReuseOfATokenEndsTheSession(?string $subject): void
    {
        $rwt = $this->service('phpredis');
        $old = $rwt->sign(1, self::SECRET, ['subject' => $subject]);
        $new = (string) $rwt->rotate($old, self::SECRET);
        $rwt->verify($new, self::SECRET);
        $this->endGrace($old);
        self::assertFalse($rwt->verify($old, self::SECRET));
        self::assertFalse($rwt->verify($new, self::SECRET));
    }

    public function testATokenNineGenerationsBehindIsReuseAtOnce(): void
    {
        $rwt = $this->service('phpredis');
        $tokens = [$rwt->sign(1, self::SECRET)];
        for ($i = 0; $i < 9; $i++) {
            $tokens[] = (string) $rwt->rotate($tokens[$i], self::SECRET);
        }
        self::assertFalse($rwt->verify($tokens[1], self::SECRET));
        self::assertSame(1, $rwt->verify($tokens[9], self::SECRET));
        self::assertFalse($rwt->verify($tokens[0], self::SECRET));
        self::assertFalse($rwt->verify($tokens[9], self::SECRET));
    }

    /** @dataProvider subjects */
    public function testATokenWhoseRotationAFailoverLostIsLive(?string $subject): void
    {
        $rwt = $this->service('phpredis');
        $old = $rwt->sign(1, self::SECRET, ['subject' => $subject]);
        $before = $this->admin->get(self::namesOf($old)->session);
        $new = (string) $rwt->rotate($old, self::SECRET);
        $this->admin->set(self::namesOf($old)->session, $before, 60);
        self::assertSame(1, $rwt->verify($new, self::SECRET));
        self::assertSame('00001', $this->admin->getRange(self::namesOf($old)->session, 25, 29));
        self::assertFalse($rwt->verify($old, self::SECRET));
    }

    public function testAUseThatCannotBeRecordedChangesNoAnswer(): void
    {
        $rwt = $this->service('phpredis');
        $new = (string) $rwt->rotate($rwt->sign(1, self::SECRET), self::SECRET);
        $this->admin->rawCommand('ACL', 'SETUSER', 'reader', 'on', '>pass', '~*', '+get', '+mget');
        $reader = $this->service('phpredis', ['username' => 'reader', 'password' => 'pass']);
        self::assertSame(1, $reader->verify($new, self::SECRET));
        self::assertSame('0', $this->admin->getRange(self::namesOf($new)->session, 31, 31));
        $this->admin->rawCommand('ACL', 'DELUSER', 'reader');
    }

    /** @return array<string, array{string}> */
    public static function noSessions(): array
    {
        $header = '1 1795000000 ----------- 00000 1 0000000000 0000000000 00000000 00000000';

        return [
            'empty text' => [''],
            'other text' => ['not a session'],
            'JSON' => ['{"v":1}'],
            'a header that is cut' => [substr($header, 0, 71)],
            'two spaces' => [str_replace('1 1795000000', '1  179500000', $header) . "\n{}\n1"],
            'no lines' => [$header],
            'one line' => ["$header\n{}"],
            'an empty line' => ["$header\n\n1"],
            'notes that are no JSON' => ["$header\n{\n1"],
            'data that is no JSON' => ["$header\n{}\n{"],
        ];
    }

    /** @dataProvider noSessions */
    public function testAValueThatIsNoSessionIsAnOutage(string $value): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET);
        $this->admin->set(self::namesOf($token)->session, $value, 60);
        self::assertSame('reply', self::reasonOf(fn () => $rwt->verify($token, self::SECRET)));
    }

    /** @return array<string, array{string}> */
    public static function wrongNotes(): array
    {
        return ['a list' => ['[]'], 'a number' => ['1'], 'sub' => ['{"sub":42}'], 'null for sub' => ['{"sub":null}'], 'meta' => ['{"meta":[]}'], 'a list for meta' => ['{"meta":[1]}']];
    }

    /** @dataProvider wrongNotes */
    public function testNotesOfAnotherShapeAreNotTheSessionThatWasSigned(string $notes): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET);
        [$header, , $data] = explode("\n", (string) $this->admin->get(self::namesOf($token)->session));
        $this->admin->set(self::namesOf($token)->session, "$header\n$notes\n$data", 60);
        self::assertFalse($rwt->verify($token, self::SECRET));
    }

    public function testMetaIsAnObjectEvenWhereItLooksLikeAList(): void
    {
        $rwt = $this->service('phpredis');
        $session = static fn (string $token): ?array => $rwt->session($token, self::SECRET);
        self::assertSame([], $session($rwt->sign(1, self::SECRET, ['meta' => []]))['meta'] ?? null);
        $token = $rwt->sign(1, self::SECRET);
        [$header, , $data] = explode("\n", (string) $this->admin->get(self::namesOf($token)->session));
        $this->admin->set(self::namesOf($token)->session, "$header\n{\"meta\":{\"0\":\"\\ud800\"}}\n$data", 60);
        self::assertSame(["\u{fffd}"], $session($token)['meta'] ?? null);
    }

    public function testAValueOfAnotherVersionIsNoSessionAndStays(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET);
        $key = self::namesOf($token)->session;
        $this->admin->set($key, '2 something else', 60);
        self::assertFalse($rwt->verify($token, self::SECRET));
        self::assertFalse($rwt->update($token, self::SECRET, 2));
        self::assertFalse($rwt->destroy($token, self::SECRET));
        self::assertSame('2 something else', $this->admin->get($key));
    }

    public function testWhatFollowsTheHeaderAndLine3IsIgnoredAndKept(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign("line\u{2028}separator", self::SECRET);
        $key = self::namesOf($token)->session;
        [$header, $notes, $data] = explode("\n", (string) $this->admin->get($key));
        $this->admin->set($key, "$header later\n$notes\n$data\nmore", 60);
        self::assertSame("line\u{2028}separator", $rwt->verify($token, self::SECRET));
        $rwt->update($token, self::SECRET, 2);
        self::assertStringEndsWith(" later\n{}\n2\nmore", (string) $this->admin->get($key));
        self::assertSame(2, $rwt->verify($token, self::SECRET));
    }

    public function testASessionBehindItsPersonWhoHasNoDataIsAnOutage(): void
    {
        $rwt = $this->service('phpredis');
        $token = $rwt->sign(1, self::SECRET, ['subject' => '42']);
        $person = (string) self::namesOf($token)->person?->person;
        $this->admin->setRange($person, 14, '00000001');
        self::assertSame('reply', self::reasonOf(fn () => $rwt->verify($token, self::SECRET)));
        $this->admin->set($person, 'no person', 60);
        self::assertSame('reply', self::reasonOf(fn () => $rwt->verify($token, self::SECRET)));
        $this->admin->set($person, '2 something else', 60);
        self::assertFalse($rwt->verify($token, self::SECRET));
    }
}
