<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/** Keeps the sorted set of a person's sessions short. Nothing depends on it: sessions end without it. */
final class Index
{
    private const STEP = 100;
    private const MAX = 1000;

    public function __construct(private readonly Store $store)
    {
    }

    /**
     * Drops members whose sessions are gone, or of an epoch that has ended.
     *
     * @param list<string> $members
     */
    public function drop(PersonKeys $keys, #[\SensitiveParameter] array $members): void
    {
        try {
            $this->clean($keys, $members);
        } catch (StoreUnavailable) {
            // Somebody else cleans up later.
        }
    }

    /** Drops what destroyAll has ended: up to 1,000 members, in steps that let Redis serve others. */
    public function dropEnded(PersonKeys $keys): void
    {
        try {
            $kept = 0;
            for ($seen = 0; $seen < self::MAX; $seen += self::STEP) {
                $page = ['ZRANGE', $keys->index, (string) $kept, (string) ($kept + self::STEP - 1)];
                $members = Reply::texts($this->store->send($page));
                $kept += count($members) - $this->clean($keys, $members);
                if (count($members) < self::STEP) {
                    return;
                }
            }
        } catch (StoreUnavailable) {
            // Somebody else cleans up later.
        }
    }

    /** @param list<?string> $members */
    private function clean(PersonKeys $keys, #[\SensitiveParameter] array $members): int
    {
        if ($members === []) {
            return 0;
        }
        $members = array_map(strval(...), $members);
        $sessions = array_map($keys->session(...), $members);

        return Reply::integer($this->store->run('clean', [$keys->person, $keys->index, ...$sessions], $members));
    }
}
