<?php

declare(strict_types=1);

namespace RedisWebToken;

/** The calls for all sessions of a person: those that any service signed for the subject, with any of the secrets. */
trait PersonMethods
{
    private readonly Persons $persons;
    private readonly SessionList $pages;

    /**
     * Lists the live sessions of a subject. A page may be shorter than `limit`, even empty, and still have a cursor.
     *
     * @param string|list<string>  $secret
     * @param array<string, mixed> $params limit: 1 to 1000, 100 by default; cursor: of the page before; current: the caller's token
     *
     * @return array{sessions: list<array{id: string, issuedAt: int, deadline: int, idle: int, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, current: bool}>, cursor: ?string}
     *     `idle` is seconds until idle expiry; the cursor is null after the last page
     */
    public function list(#[\SensitiveParameter] mixed $subject, #[\SensitiveParameter] mixed $secret, #[\SensitiveParameter] array $params = []): array
    {
        $given = Arguments::known("list's options", $params, ['limit' => 100, 'cursor' => null, 'current' => null]);
        $ring = Secrets::keysOf($secret);
        $current = Arguments::textOrNull('current', 'a token or null', $given['current']);

        return $this->pages->page(
            $ring,
            Arguments::subject($subject),
            Arguments::limit($given['limit']),
            Arguments::textOrNull('cursor', 'text', $given['cursor']),
            $current === null ? null : Token::open($ring, $current),
        );
    }

    /**
     * Ends every session of a subject that any service signed before the call, in one write.
     *
     * @param string|list<string>  $secret every secret whose sessions are to end
     * @param array<string, mixed> $params except: a token whose session stays
     *
     * @return bool whether the subject had anything to end
     */
    public function destroyAll(#[\SensitiveParameter] mixed $subject, #[\SensitiveParameter] mixed $secret, #[\SensitiveParameter] array $params = []): bool
    {
        ['except' => $except] = Arguments::known("destroyAll's options", $params, ['except' => null]);

        return $this->persons->destroyAll(Secrets::keysOf($secret), Arguments::subject($subject), Arguments::textOrNull('except', 'a token or null', $except));
    }

    /**
     * Ends the session of a subject that an id of `list` names. Returns whether there was one.
     *
     * @param string|list<string> $secret
     */
    public function destroyById(#[\SensitiveParameter] mixed $subject, #[\SensitiveParameter] mixed $secret, mixed $id): bool
    {
        [$ring, $text] = [Secrets::keysOf($secret), Arguments::subject($subject)];

        return is_string($id) && $this->persons->destroyById($ring, $text, $id);
    }

    /**
     * Gives every session of a subject new data, in one write. Returns whether the subject had anything to change.
     *
     * @param string|list<string> $secret every secret whose sessions are to change
     */
    public function updateAll(#[\SensitiveParameter] mixed $subject, #[\SensitiveParameter] mixed $secret, #[\SensitiveParameter] mixed $data): bool
    {
        return $this->persons->updateAll(Secrets::keysOf($secret), Arguments::subject($subject), $data);
    }
}
