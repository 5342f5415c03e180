<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/** Lists the sessions of a person, page by page, the latest deadline first. */
final class SessionList
{
    /** Which secret's index, and behind which session of it: its deadline and its public id. */
    private const CURSOR = '/^(\d{1,3})(?:\.(\d{1,13})\.([A-Za-z0-9_-]{22}))?$/D';

    /** How often to look for the cursor's session before its deadline tells where it was. */
    private const ATTEMPTS = 3;

    public function __construct(private readonly Store $store, private readonly Lines $lines, private readonly string $prefix)
    {
    }

    /**
     * @param non-empty-list<Keys> $ring newest first
     *
     * @return array{sessions: list<array{id: string, issuedAt: int, deadline: int, idle: int, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, current: bool}>, cursor: ?string}
     *
     * @throws StoreUnavailable
     */
    public function page(array $ring, #[\SensitiveParameter] string $subject, int $limit, ?string $cursor, ?Token $current): array
    {
        [$at, $after] = self::readCursor($ring, $cursor);
        $keys = $ring[$at];
        $names = new PersonKeys($this->prefix, $keys->personOf($subject));
        [$members, $isEnd] = $this->members($names, $limit, $after);
        [$sessions, $ended] = $this->read($ring, $keys, $names, $members, $current);
        if ($ended !== []) {
            (new Index($this->store))->drop($names, $ended);
        }
        if ($isEnd) {
            return ['sessions' => $sessions, 'cursor' => isset($ring[$at + 1]) ? (string) ($at + 1) : null];
        }
        $last = (string) array_key_last($members);
        $id = PublicId::of($keys, (string) Base64Url::decode($last));

        return ['sessions' => $sessions, 'cursor' => "$at.{$members[$last]}.$id"];
    }

    /**
     * A page of the index.
     *
     * @param array{int, string}|null $after deadline and member of the last session of the page before
     *
     * @return array{array<string, int>, bool} deadlines by members, and whether none follows
     */
    private function members(PersonKeys $names, int $limit, #[\SensitiveParameter] ?array $after): array
    {
        [$pairs, $mayFollow] = $after === null ? $this->first($names, $limit) : $this->behind($names, $limit, ...$after);
        // Those past their deadline come last. Their keys may live for a fraction of a second more.
        $live = array_filter($pairs, static fn (int $deadline): bool => $deadline > time());

        return [$live, !$mayFollow || count($live) < count($pairs)];
    }

    /** @return array{array<string, int>, bool} deadlines by members, and whether others may follow */
    private function first(PersonKeys $names, int $limit): array
    {
        $pairs = $this->range($names, 0, $limit);

        return [$pairs, count($pairs) === $limit];
    }

    /**
     * Reads on behind a member, whose position changes as sessions start and end.
     *
     * @return array{array<string, int>, bool} deadlines by members, and whether others may follow
     */
    private function behind(PersonKeys $names, int $limit, int $deadline, #[\SensitiveParameter] string $member): array
    {
        for ($attempt = 0; $attempt < self::ATTEMPTS; $attempt++) {
            $rank = $this->store->send(['ZREVRANK', $names->index, $member]);
            if ($rank === null) {
                break;
            }
            // Read the cursor's session too, since its position may have changed.
            $found = $this->range($names, Reply::integer($rank), $limit + 1);
            $at = array_search($member, array_map(strval(...), array_keys($found)), true);
            $isFull = count($found) > $limit;
            // If new sessions fill the whole page, it doesn't show what comes after the cursor.
            if ($at !== false && !($isFull && $at === $limit)) {
                return [array_slice($found, $at + 1, null, true), $isFull];
            }
        }

        return $this->behindMissing($names, $limit, $deadline, $member);
    }

    /**
     * Finds the position of a cursor whose session has ended: by its deadline, and among equal deadlines by its name.
     *
     * @return array{array<string, int>, bool} deadlines by members, and whether others may follow
     */
    private function behindMissing(PersonKeys $names, int $limit, int $deadline, #[\SensitiveParameter] string $member): array
    {
        // Always start at the first session of that deadline, since others may end meanwhile.
        for ($size = 2 * $limit; ; $size *= 2) {
            $page = ['ZRANGE', $names->index, (string) $deadline, '-inf', 'BYSCORE', 'REV', 'LIMIT', '0', (string) $size, 'WITHSCORES'];
            $found = Reply::scores($this->store->send($page));
            $isBehind = static fn (int $score, int|string $name): bool => $score < $deadline || strcmp((string) $name, $member) < 0;
            $behind = array_filter($found, $isBehind, ARRAY_FILTER_USE_BOTH);
            $isFull = count($found) === $size || count($behind) > $limit;
            if ($behind !== [] || !$isFull) {
                return [array_slice($behind, 0, $limit, true), $isFull];
            }
        }
    }

    /** @return array<string, int> deadlines by members, the latest first */
    private function range(PersonKeys $names, int $start, int $limit): array
    {
        return Reply::scores($this->store->send(['ZRANGE', $names->index, (string) $start, (string) ($start + $limit - 1), 'REV', 'WITHSCORES']));
    }

    /**
     * @param list<Keys>         $ring
     * @param array<string, int> $members deadlines by members
     *
     * @return array{list<array{id: string, issuedAt: int, deadline: int, idle: int, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, current: bool}>, list<string>}
     *     the live sessions, and the members that are none
     */
    private function read(array $ring, Keys $keys, PersonKeys $names, #[\SensitiveParameter] array $members, ?Token $current): array
    {
        if ($members === []) {
            return [[], []];
        }
        $sessionKeys = array_map(static fn (int|string $member): string => $names->session((string) $member), array_keys($members));
        $lives = array_map(static fn (string $key): array => ['PTTL', $key], $sessionKeys);
        $allKeys = [$names->person, ...$sessionKeys];
        [$values, $milliseconds] = self::split($this->store->sendAll($allKeys, [['MGET', ...$allKeys], ...$lives]));
        $person = $values[0] === null ? null : PersonHeader::read($values[0]);
        [$sessions, $ended] = [[], []];
        foreach (array_keys($members) as $i => $member) {
            $member = (string) $member;
            $value = $values[$i + 1] ?? null;
            try {
                $header = $value === null ? null : SessionHeader::read($value);
            } catch (StoreUnavailable) {
                // A session's key that holds something else must not fail the list.
                $ended[] = $member;
                continue;
            }
            if ($value === null || ($header !== null && ($person === null || !$header->isOf($person)))) {
                $ended[] = $member;
                continue;
            }
            $lines = Lines::split($value);
            $line = $header === null ? null : $this->lines->open($ring, $lines, 2, $sessionKeys[$i], $header->issuedAt);
            $notes = $line === null ? null : Notes::read($line);
            $auth = $notes === null ? false : Authentication::find($this->lines, $ring, $lines, $sessionKeys[$i]);
            if ($header !== null && $notes !== null && $auth !== false) {
                $lookup = (string) Base64Url::decode($member);
                $sessions[] = [
                    'id' => PublicId::of($keys, $lookup),
                    'issuedAt' => (int) $header->issuedAt,
                    'deadline' => $members[$member],
                    'idle' => max(0, (int) ceil($milliseconds[$i] / 1000)),
                    'meta' => $notes->meta,
                    'auth' => $auth,
                    'act' => $notes->act,
                    'current' => $current?->lookup === $lookup,
                ];
            }
        }

        return [$sessions, $ended];
    }

    /**
     * @param list<mixed> $replies
     *
     * @return array{list<?string>, list<int>}
     */
    private static function split(#[\SensitiveParameter] array $replies): array
    {
        $values = Reply::texts(array_shift($replies), count($replies) + 1);

        return [$values, array_map(Reply::integer(...), $replies)];
    }

    /**
     * @param non-empty-list<Keys> $ring
     *
     * @return array{int, array{int, string}|null}
     */
    private static function readCursor(array $ring, ?string $cursor): array
    {
        if ($cursor === null) {
            return [0, null];
        }
        preg_match(self::CURSOR, $cursor, $fields);
        $keys = $ring[$fields[1] ?? ''] ?? null;
        $lookup = $keys !== null && isset($fields[3]) ? PublicId::lookupOf($keys, $fields[3]) : null;
        if ($keys === null || (isset($fields[3]) && $lookup === null)) {
            throw InvalidOption::range('cursor', 'be the one that list returned with the previous page');
        }

        return [(int) $fields[1], $lookup === null ? null : [(int) $fields[2], Base64Url::encode($lookup)]];
    }
}
