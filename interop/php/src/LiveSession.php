<?php

declare(strict_types=1);

namespace RedisWebToken;

/** A session that a token has opened. */
final class LiveSession
{
    public readonly mixed $data;

    /**
     * @param string                                                $json of its data
     * @param array{at: int, amr?: list<string>, acr?: string}|null $auth
     */
    public function __construct(
        public readonly Token $token,
        #[\SensitiveParameter] private readonly string $json,
        private readonly Notes $notes,
        private readonly ?array $auth,
        private readonly SessionHeader $header,
        private readonly ?PersonHeader $person,
    ) {
        $this->data = Json::decode($json);
    }

    /** The data that a closure makes of the present one. */
    public function changed(\Closure $change): mixed
    {
        return Json::keepObjects($this->json, $change($this->data));
    }

    /** Changes whenever update, updateAll or destroyAll does: what an update by a function compares. */
    public function revision(): string
    {
        return "{$this->header->revision} {$this->header->epoch} " . ($this->person->serial ?? '00000000');
    }

    /** @return array{data: mixed, subject: ?string, meta: ?array<mixed>, auth: ?array{at: int, amr?: list<string>, acr?: string}, act: ?array<mixed>, issuedAt: int, deadline: int, expire: int} */
    public function describe(): array
    {
        return [
            'data' => $this->data,
            'subject' => $this->notes->subject,
            'meta' => $this->notes->meta,
            'auth' => $this->auth,
            'act' => $this->notes->act,
            'issuedAt' => (int) $this->header->issuedAt,
            'deadline' => $this->token->deadline,
            'expire' => $this->token->expire,
        ];
    }

    /** @return array<string, mixed> no data for var_dump */
    public function __debugInfo(): array
    {
        return ['issuedAt' => (int) $this->header->issuedAt];
    }
}
