<?php

declare(strict_types=1);

namespace RedisWebToken;

/** A session that a token has opened. */
final class LiveSession
{
    /** @param array<mixed>|null $meta */
    public function __construct(
        public readonly Token $token,
        public readonly mixed $data,
        public readonly ?string $subject,
        public readonly ?array $meta,
        private readonly SessionHeader $header,
        private readonly ?PersonHeader $person,
    ) {
    }

    /** Changes whenever update, updateAll or destroyAll does: what an update by a function compares. */
    public function revision(): string
    {
        return "{$this->header->revision} {$this->header->epoch} " . ($this->person->serial ?? '00000000');
    }

    /** @return array{data: mixed, subject: ?string, meta: ?array<mixed>, issuedAt: int, deadline: int, expire: int} */
    public function describe(): array
    {
        return [
            'data' => $this->data,
            'subject' => $this->subject,
            'meta' => $this->meta,
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
