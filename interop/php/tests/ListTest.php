<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\RedisWebToken;

final class ListTest extends RedisTestCase
{
    /** @dataProvider clients */
    public function testShowsTheLiveSessionsOfASubject(string $client): void
    {
        $rwt = $this->service($client);
        $own = $rwt->sign(1, self::SECRET, ['subject' => '42', 'meta' => ['device' => 'iPad'], 'expire' => 100]);
        $rwt->sign(2, self::SECRET, ['subject' => '43']);
        $gone = $rwt->sign(3, self::SECRET, ['subject' => '42']);
        $this->admin->del(self::namesOf($gone)->session);
        $new = (string) $rwt->rotate($own, self::SECRET);
        ['sessions' => [$session], 'cursor' => $cursor] = $rwt->list('42', self::SECRET, ['current' => $own]);
        self::assertNull($cursor);
        self::assertSame($rwt->idOf($new, self::SECRET), $session['id']);
        self::assertSame(['device' => 'iPad'], $session['meta']);
        self::assertTrue($session['current']);
        self::assertEqualsWithDelta(100, $session['idle'], 2);
        self::assertEqualsWithDelta(time(), $session['issuedAt'], 2);
        self::assertSame($session['issuedAt'] + 30 * 86_400, $session['deadline']);
        self::assertSame(1, $this->admin->zCard((string) self::namesOf($own)->person?->index), 'members without a session are dropped');
        self::assertSame(['sessions' => [], 'cursor' => null], $rwt->list('nobody', self::SECRET));
    }

    /** @dataProvider clients */
    public function testAKeyThatHoldsSomethingElseOrNeverExpiresHidesNoOtherSession(string $client): void
    {
        $rwt = $this->service($client);
        [$garbage, $lasting, $own] = array_map(fn (int $i): string => $rwt->sign($i, self::SECRET, ['subject' => '42']), [1, 2, 3]);
        $this->admin->set(self::namesOf($garbage)->session, 'something else', 60);
        $this->admin->persist(self::namesOf($lasting)->session);
        $ids = array_map(static fn (string $token): ?string => $rwt->idOf($token, self::SECRET), [$lasting, $own]);
        self::assertEqualsCanonicalizing($ids, array_column($rwt->list('42', self::SECRET)['sessions'], 'id'));
    }

    public function testPagesMissNothingThoughAllHaveOneDeadlineAndSomeEndMeanwhile(): void
    {
        $rwt = $this->service('phpredis');
        $ids = [];
        for ($i = 0; $i < 50; $i++) {
            $token = $rwt->sign($i, self::SECRET, ['subject' => '42']);
            $ids[(string) $rwt->idOf($token, self::SECRET)] = $token;
        }
        $index = (string) self::namesOf($token)->person?->index;
        foreach ($this->admin->zRange($index, 0, -1) as $member) {
            $this->admin->zAdd($index, time() + 1000, $member);
        }
        $seen = [];
        $cursor = null;
        do {
            ['sessions' => $sessions, 'cursor' => $cursor] = $rwt->list('42', self::SECRET, ['limit' => 3, 'cursor' => $cursor]);
            self::assertLessThanOrEqual(3, count($sessions));
            foreach ($sessions as $session) {
                $seen[] = $session['id'];
            }
            if (count($seen) === 9) {
                // The session that the cursor names, whose member goes with it.
                $rwt->destroy($ids[end($seen)], self::SECRET);
            }
        } while ($cursor !== null);
        self::assertCount(50, $seen);
        self::assertEqualsCanonicalizing(array_keys($ids), $seen);
    }

    /** The page's first command says where the cursor's session is. Before the next command runs, that is no longer true. */
    public function testAPageMissesNothingThoughAnEarlierSessionEndsWhileItIsRead(): void
    {
        $client = new class () extends \Redis {
            public ?\Closure $beforeRange = null;

            public function rawCommand($command, ...$args): mixed
            {
                if ($this->beforeRange !== null && in_array($command, ['ZRANGE', 'ZREVRANGE'], true)) {
                    [$act, $this->beforeRange] = [$this->beforeRange, null];
                    $act();
                }

                return parent::rawCommand($command, ...$args);
            }
        };
        $client->connect($this->host, $this->port);
        $own = $this->service('phpredis');
        $rwt = new RedisWebToken(['redis' => $client]);
        $tokens = array_map(static fn (int $i): string => $own->sign($i, self::SECRET, ['subject' => '42', 'maxLifetime' => 9000 - 100 * $i]), range(0, 5));
        $ids = array_map(static fn (string $token): ?string => $own->idOf($token, self::SECRET), $tokens);
        ['sessions' => $first, 'cursor' => $cursor] = $rwt->list('42', self::SECRET, ['limit' => 2]);
        $client->beforeRange = static fn (): bool => $own->destroy($tokens[0], self::SECRET);
        ['sessions' => $second, 'cursor' => $cursor] = $rwt->list('42', self::SECRET, ['limit' => 2, 'cursor' => $cursor]);
        ['sessions' => $third] = $rwt->list('42', self::SECRET, ['limit' => 2, 'cursor' => $cursor]);
        self::assertNull($client->beforeRange);
        self::assertSame($ids, array_column([...$first, ...$second, ...$third], 'id'));
    }

    public function testGoesOnWithTheOlderSecretsSessions(): void
    {
        $rwt = $this->service('phpredis');
        $both = [self::SECRET, self::OLDER_SECRET];
        $new = $rwt->sign(1, self::SECRET, ['subject' => '42']);
        $old = $rwt->sign(2, self::OLDER_SECRET, ['subject' => '42']);
        ['sessions' => [$first], 'cursor' => $cursor] = $rwt->list('42', $both);
        ['sessions' => [$second], 'cursor' => $end] = $rwt->list('42', $both, ['cursor' => $cursor]);
        self::assertSame([$rwt->idOf($new, $both), $rwt->idOf($old, $both), null], [$first['id'], $second['id'], $end]);
    }

    /** @dataProvider clients */
    public function testDestroyByIdEndsThatSessionOfThatSubjectAlone(string $client): void
    {
        $rwt = $this->service($client);
        [$one, $two] = [$rwt->sign(1, self::SECRET, ['subject' => '42']), $rwt->sign(2, self::SECRET, ['subject' => '42'])];
        $id = (string) $rwt->idOf($one, self::SECRET);
        self::assertFalse($rwt->destroyById('43', self::SECRET, $id));
        self::assertFalse($rwt->destroyById('42', self::SECRET, "{$id}A"));
        self::assertFalse($rwt->destroyById('42', self::SECRET, $two));
        self::assertTrue($rwt->destroyById('42', self::SECRET, $id));
        self::assertFalse($rwt->destroyById('42', self::SECRET, $id));
        self::assertSame([false, 2], [$rwt->verify($one, self::SECRET), $rwt->verify($two, self::SECRET)]);
        self::assertNull($rwt->idOf('rwt_' . str_repeat('A', 76), self::SECRET));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function wrong(): array
    {
        return [
            'limit 0' => [['limit' => 0]],
            'limit 1001' => [['limit' => 1001]],
            'a cursor of a secret that is not there' => [['cursor' => '1']],
            'a cursor of another shape' => [['cursor' => '0.5']],
            'a cursor that is no text' => [['cursor' => 1]],
            'a typing error' => [['curent' => 'x']],
        ];
    }

    /**
     * @dataProvider wrong
     *
     * @param array<string, mixed> $params
     */
    public function testRefusesWhatIsNotAllowed(array $params): void
    {
        $this->expectException(InvalidOption::class);
        $this->service('phpredis')->list('42', self::SECRET, $params);
    }
}
