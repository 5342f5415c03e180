<?php

declare(strict_types=1);

namespace App\Models;

use Illuminate\Auth\GenericUser;

/** In place of an app's Eloquent model. */
final class User extends GenericUser
{
    public static function find(string $id): ?self
    {
        return $id === '42' ? new self(['id' => $id]) : null;
    }
}
