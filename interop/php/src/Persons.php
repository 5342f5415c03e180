<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/** What changes all sessions of a person. Each secret has a person of its own: one write for each, the newest secret's last. */
final class Persons
{
    public function __construct(private readonly Store $store, private readonly Lines $lines, private readonly string $prefix)
    {
    }

    /**
     * @param non-empty-list<Keys> $ring newest first
     *
     * @return bool whether there was such a person
     *
     * @throws StoreUnavailable
     */
    public function destroyAll(array $ring, #[\SensitiveParameter] string $subject, #[\SensitiveParameter] ?string $except): bool
    {
        $found = false;
        foreach (array_reverse($ring) as $keys) {
            $names = $this->namesOf($keys, $subject);
            $stays = $except === null ? null : $this->stays($keys, $subject, $except);
            $touched = $stays === null ? [$names->person] : [$names->person, $names->session(Base64Url::encode($stays->lookup))];
            $args = [PersonHeader::newEpoch(), (string) ($stays?->generation ?? 0), (string) time()];
            $found = Reply::flag($this->store->run('destroy-all', $touched, $args)) || $found;
        }
        $index = new Index($this->store);
        foreach ($found ? $ring : [] as $keys) {
            $index->dropEnded($this->namesOf($keys, $subject));
        }

        return $found;
    }

    /**
     * @param non-empty-list<Keys> $ring newest first
     *
     * @return bool whether there was such a person
     *
     * @throws DataNotJson|StoreUnavailable
     */
    public function updateAll(array $ring, #[\SensitiveParameter] string $subject, #[\SensitiveParameter] mixed $data): bool
    {
        $found = false;
        foreach (array_reverse($ring) as $keys) {
            $person = $this->namesOf($keys, $subject)->person;
            $reply = $this->store->run('update-all', [$person], $this->lines->replace($keys, Lines::place($person, 2), $data));
            $found = Reply::flag($reply) || $found;
        }

        return $found;
    }

    /**
     * @param non-empty-list<Keys> $ring newest first
     *
     * @return bool whether there was such a session
     *
     * @throws StoreUnavailable
     */
    public function destroyById(array $ring, #[\SensitiveParameter] string $subject, #[\SensitiveParameter] string $id): bool
    {
        $ended = false;
        foreach ($ring as $keys) {
            $lookup = PublicId::lookupOf($keys, $id);
            if ($lookup === null) {
                return false;
            }
            $names = $this->namesOf($keys, $subject);
            $member = Base64Url::encode($lookup);
            $touched = [$names->session($member), $names->person, $names->index];
            $ended = Reply::flag($this->store->run('destroy', $touched, [$member, '0'])) || $ended;
        }

        return $ended;
    }

    /** The token that a call spares, where it is this person's by this secret. */
    private function stays(Keys $keys, #[\SensitiveParameter] string $subject, #[\SensitiveParameter] string $except): ?Token
    {
        $token = Token::open([$keys], $except);

        return $token?->person === $keys->personOf($subject) && $token->secondsToLive() >= 1 ? $token : null;
    }

    private function namesOf(Keys $keys, #[\SensitiveParameter] string $subject): PersonKeys
    {
        return new PersonKeys($this->prefix, $keys->personOf($subject));
    }
}
