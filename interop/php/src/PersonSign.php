<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\SessionLimit;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/** Stores a new session of a person: session, person and index in one step. */
final class PersonSign
{
    /** How often a sign is tried while others sign the same person in at the same time. */
    private const ATTEMPTS = 100;

    public function __construct(private readonly Store $store, private readonly bool $encrypts, private readonly ?Limit $limit)
    {
    }

    /**
     * @param string       $issuedAt  ten digits
     * @param string       $lines     the session's further lines, with the newline before them
     * @param list<string> $uncounted members of the index that don't count against the limit
     *
     * @throws SessionLimit|StoreUnavailable
     */
    public function create(
        Token $token,
        SessionKeys $names,
        PersonKeys $person,
        string $issuedAt,
        #[\SensitiveParameter] string $lines,
        #[\SensitiveParameter] array $uncounted,
    ): void {
        $spared = [$names->member, ...$uncounted];
        [$known, $counted] = [[], []];
        for ($attempt = 0; $attempt < self::ATTEMPTS; $attempt++) {
            $keys = [...$names->all(), ...array_map($person->session(...), $counted)];
            $args = [$issuedAt, (string) $token->deadline, PersonHeader::newEpoch(), Store::seconds($token->expire), $names->member, $lines];
            $reply = $this->store->run('sign', $keys, [...$args, ...$this->limitArgs($known), ...$counted]);
            $outcome = Reply::outcome($reply, ['created', 'full', 'limit']);
            if ($outcome[0] === 'created') {
                (new Index($this->store))->drop($person, array_map(strval(...), Reply::texts($outcome[1] ?? null)));

                return;
            }
            if ($outcome[0] === 'limit') {
                throw new SessionLimit($this->limit->max ?? 0);
            }
            [$known, $counted] = self::membersOf($outcome[1] ?? null, $spared);
        }
        throw new StoreUnavailable('server');
    }

    /**
     * @param list<string> $known all members of the index that an earlier attempt returned
     *
     * @return list<string>
     */
    private function limitArgs(#[\SensitiveParameter] array $known): array
    {
        return [
            $this->encrypts ? '1' : '0',
            (string) ($this->limit->max ?? 0),
            $this->limit?->endsOldest === true ? '1' : '0',
            (string) time(),
            implode('', array_map(static fn (string $member): string => " $member", $known)),
        ];
    }

    /**
     * @param list<string> $spared
     *
     * @return array{list<string>, list<string>} all members, and those whose sessions count, oldest first. One past its deadline doesn't,
     *     although its key may exist for another fraction of a second
     */
    private static function membersOf(#[\SensitiveParameter] mixed $reply, #[\SensitiveParameter] array $spared): array
    {
        [$known, $counted] = [[], []];
        foreach (Reply::scores($reply) as $member => $deadline) {
            $known[] = $member;
            if (!in_array($member, $spared, true) && $deadline - time() >= 1) {
                $counted[] = $member;
            }
        }

        return [$known, $counted];
    }
}
